// SPDX-License-Identifier: Apache-2.0
//
// What the loop does when something is away, and when partitions are taken from it.

#include <gmock/gmock.h>

#include <set>

#include "tests/unit/worker/pipeline/task_fixture.h"

namespace lethe::worker::pipeline {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

struct Recovery : Tasked {
  // Every record arrived, the first arrivals in order.
  void expect_at_least_once(std::size_t n) {
    std::vector<std::string> first;
    std::set<std::string> seen;
    for (const std::string& value : values(sink->written()))
      if (seen.insert(value).second) first.push_back(value);
    EXPECT_THAT(first, ElementsAreArray(numbered(n)));
    EXPECT_EQ(committed(), static_cast<std::int64_t>(n));
  }
  // The chain answers transient that many times.
  void keys_are_away(int times) {
    plugin.on_apply = [times](const lethe_batch&, lethe_failure& failure) mutable {
      if (times-- <= 0) return LETHE_OK;
      failure.message = connectors::view(kAway);
      return LETHE_TRANSIENT;
    };
  }
};

TEST_F(Recovery, RewindsAndWritesAgainWhenTheSinkFails) {
  make(numbered(10), {.batch_records = 3});
  sink->fail_next_write(transient("the broker is away"));
  const TaskReport report = run();
  EXPECT_FALSE(report.error);
  expect_at_least_once(10);
  EXPECT_EQ(sink->abandons(), 1u);
  EXPECT_EQ(source->rewinds(), 1u);
  EXPECT_EQ(source->idled(), milliseconds(100));
  EXPECT_EQ(report.totals.read, 10u) << "a repeated record counts once";
}

TEST_F(Recovery, RewindsToTheLastCommitWhenDeliveryFails) {
  make(numbered(10), {.batch_records = 3});
  sink->fail_next_durable(transient("the broker is away"));
  EXPECT_FALSE(run().error);
  expect_at_least_once(10);
  EXPECT_EQ(source->rewinds(), 1u);
}

TEST_F(Recovery, WritesNothingWhoseKeyWasErasedUnderItAndDoesItAgain) {
  plugin.on_make = [](const lethe_host& host, lethe_failure&) {
    const bool served = host.service(host.self, connectors::view(LETHE_SERVICE_KEYS)) != nullptr;
    return served ? LETHE_OK : LETHE_INTERNAL;
  };
  make(numbered(10), {.batch_records = 3});
  world.keys.refusals = 2;
  EXPECT_FALSE(run().error);
  EXPECT_EQ(world.keys.confirmations, 4 + 2) << "once before each batch leaves";
  EXPECT_EQ(sink->abandons(), 2u);
  expect_at_least_once(10);
  EXPECT_EQ(values(sink->written()).size(), 10u) << "a refused batch was not written";
}

TEST_F(Recovery, TriesAgainWhenTheSourceOrACommitFails) {
  make(numbered(10), {.batch_records = 3});
  source->fail_next_read(transient("the broker is away"));
  source->fail_next_commit(transient("the coordinator moved"));
  source->fail_next_rewind(transient("the broker is away"));
  EXPECT_FALSE(run().error);
  expect_at_least_once(10);
}

TEST_F(Recovery, TriesAgainWhenTheLastDrainFails) {
  make(numbered(10), {.batch_records = 3});
  sink->fail_next_drain(transient("timed out"));
  EXPECT_FALSE(run().error);
  expect_at_least_once(10);
  EXPECT_TRUE(sink->closed());
}

TEST_F(Recovery, AppliesTheOriginalsAgainIfTheSourceCannotSeek) {
  plugin.on_apply = [this, calls = 0](const lethe_batch& batch, lethe_failure&) mutable {
    for (std::uint64_t i = 0; i < batch.n; ++i)
      replace_value(batch, i, std::string(value_at(batch, i)) + "!");
    // Four batches, none of them durable; then the third of the second attempt.
    if (++calls == 7) sink->cork(false);
    return LETHE_OK;
  };
  make(numbered(7), {.batch_records = 2, .seekable = false});
  sink->cork(true);
  sink->fail_next_drain(transient("timed out"));
  std::vector<std::string> expected = numbered(7);
  for (std::string& value : expected) value += "!";
  const TaskReport report = run();
  EXPECT_FALSE(report.error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(expected)) << "once, changed once";
  EXPECT_EQ(committed(), 7);
  EXPECT_EQ(sink->abandons(), 1u);
  EXPECT_EQ(report.totals.read, 7u);
  EXPECT_EQ(hooks.reads_past_the_end, 0);
}

TEST_F(Recovery, AppliesABatchAgainWhoseWriteFailedIfTheSourceCannotSeek) {
  make(numbered(7), {.batch_records = 2, .seekable = false});
  sink->cork(true);
  sink->fail_next_write(transient("the broker is away"));
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure&) mutable {
    if (++calls == 4) sink->cork(false);
    return LETHE_OK;
  };
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(7)));
  EXPECT_EQ(committed(), 7);
}

TEST_F(Recovery, RemembersTheEndOfASourceThatCannotSeek) {
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure&) mutable {
    if (++calls == 2) source->end();  // told by an empty batch, behind the last record
    if (calls == 3) sink->cork(false);
    return LETHE_OK;
  };
  make(numbered(4), {.batch_records = 2, .seekable = false, .endless = true});
  sink->cork(true);
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(4)));
  EXPECT_EQ(sink->abandons(), 1u);
  EXPECT_EQ(hooks.reads_past_the_end, 0);
}

TEST_F(Recovery, AppliesTheBatchAgainThatTheChainFailedIfTheSourceCannotSeek) {
  keys_are_away(3);
  make(numbered(5), {.batch_records = 2, .seekable = false});
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(5)));
  EXPECT_EQ(committed(), 5);
}

TEST_F(Recovery, FinishesWhatItTookBackFromASourceThatCannotSeekEvenWhenStopped) {
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure& failure) mutable {
    failure.message = connectors::view(kAway);
    ++calls;
    if (calls == 3) return LETHE_TRANSIENT;  // and all three batches are taken back
    if (calls == 4) {
      stop.request_stop();
      sink->cork(false);
    }
    return LETHE_OK;
  };
  make(numbered(10), {.batch_records = 2, .seekable = false});
  sink->cork(true);
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(6)));
  EXPECT_EQ(committed(), 6);
}

// ---- waiting and budgets ------------------------------------------------------------------------

TEST_F(Recovery, WaitsForKeysWithoutABudget) {
  options.retry.budget = milliseconds(1000);
  TaskStatus seen;
  plugin.on_apply = [&, calls = 0](const lethe_batch&, lethe_failure& failure) mutable {
    world.clock.advance(std::chrono::minutes(10));
    if (calls == 1) seen = task->status();
    if (++calls > 50) return LETHE_OK;
    failure.message = connectors::view(kAway);
    return LETHE_TRANSIENT;
  };
  make(numbered(3));
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(3)))
      << "nothing was written twice";
  EXPECT_EQ(seen.state, TaskState::kWaiting);
  EXPECT_THAT(seen.reason, HasSubstr(std::string(kAway)));
  EXPECT_EQ(task->status().reason, "");
  EXPECT_THAT(world.log.lines(), Contains(HasSubstr("task resumes")));
}

TEST_F(Recovery, FinishesWhatTheSinkHoldsBeforeItWaitsForKeys) {
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure& failure) mutable {
    if (++calls != 3) return LETHE_OK;
    sink->cork(false);  // two batches are in flight
    failure.message = connectors::view(kAway);
    return LETHE_TRANSIENT;
  };
  hooks.on_idle = [this] { EXPECT_EQ(committed(), 4) << "before the pause"; };
  make(numbered(8), {.batch_records = 2});
  sink->cork(true);
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(8))) << "no duplicates";
}

TEST_F(Recovery, GivesUpOnASinkWhenTheBudgetIsUsedUp) {
  options.retry.budget = milliseconds(1000);
  make(numbered(3));
  plugin.on_apply = [this](const lethe_batch&, lethe_failure&) {
    world.clock.advance(milliseconds(300));
    return LETHE_OK;
  };
  for (int i = 0; i < 100; ++i) sink->fail_next_write(transient("the broker is away"));
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind(), ErrorKind::kTransient);
  EXPECT_THAT(report.error->message(), HasSubstr("the broker is away"));
  EXPECT_THAT(report.error->message(), HasSubstr("budget"));
  EXPECT_EQ(task->status().state, TaskState::kFailed);
  EXPECT_EQ(source->rewinds(), 4u);
  EXPECT_EQ(committed(), 0);
  EXPECT_FALSE(sink->closed());
}

TEST_F(Recovery, GivesUpOnASourceWhenTheBudgetIsUsedUp) {
  options.retry.budget = milliseconds(0);
  make(numbered(3));
  source->fail_next_read(transient("the broker is away"));
  EXPECT_TRUE(run().error);
  EXPECT_EQ(task->status().state, TaskState::kFailed);
}

TEST_F(Recovery, StartsANewBudgetAfterASuccess) {
  options.retry.budget = milliseconds(1000);
  plugin.on_apply = [this, last = std::string()](const lethe_batch& batch, lethe_failure&) mutable {
    world.clock.advance(milliseconds(900));
    if (value_at(batch, 0) == last) return LETHE_OK;
    last = value_at(batch, 0);  // each batch fails once
    sink->fail_next_write(transient("the broker is away"));
    return LETHE_OK;
  };
  make(numbered(6), {.batch_records = 1});
  EXPECT_FALSE(run().error);
  expect_at_least_once(6);
  EXPECT_EQ(source->rewinds(), 6u);
}

TEST_F(Recovery, FailsOnAnErrorThatIsNotTransientWithoutTryingAgain) {
  make(numbered(3));
  sink->fail_next_write(bad_config("no such topic; create it"));
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind(), ErrorKind::kBadConfig);
  EXPECT_EQ(source->rewinds(), 0u);
  EXPECT_EQ(source->idled(), milliseconds(0));
  EXPECT_EQ(committed(), 0);
}

TEST_F(Recovery, DoesNotCloseTheSinkIfItIsStoppedWhileItWaits) {
  plugin.on_apply = [this](const lethe_batch&, lethe_failure& failure) {
    stop.request_stop();
    failure.message = connectors::view(kAway);
    return LETHE_TRANSIENT;
  };
  make(numbered(3));
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(task->status().state, TaskState::kStopped);
  EXPECT_FALSE(sink->closed());
  EXPECT_EQ(committed(), 0);
}

TEST_F(Recovery, DoesNotCloseTheSinkIfItIsStoppedDuringABackOff) {
  hooks.on_idle = [this] { stop.request_stop(); };
  keys_are_away(1);
  make(numbered(3));
  EXPECT_TRUE(run().error);
  EXPECT_FALSE(sink->closed());
}

// ---- rebalance ----------------------------------------------------------------------------------

TEST_F(Recovery, DrainsAndCommitsBeforeItLetsGoOfPartitions) {
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure&) mutable {
    if (++calls == 2) source->rebalance_at_next_read(false);
    return LETHE_OK;
  };
  make(numbered(9), {.batch_records = 3});
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(9))) << "no duplicates";
  EXPECT_EQ(committed(), 9);
  EXPECT_EQ(sink->abandons(), 0u);
}

TEST_F(Recovery, AbandonsWhatIsInFlightWhenPartitionsAreLost) {
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure&) mutable {
    ++calls;
    if (calls == 1) sink->cork(true);
    if (calls == 2) source->rebalance_at_next_read(true);
    if (calls == 3) sink->cork(false);
    return LETHE_OK;
  };
  make(numbered(9), {.batch_records = 3});
  EXPECT_FALSE(run().error);
  EXPECT_EQ(sink->abandons(), 1u);
  EXPECT_GE(source->rewinds(), 1u) << "partitions it may have kept are read again";
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(9)));
  EXPECT_EQ(committed(), 9);
}

TEST_F(Recovery, DoesNotCommitPastWhatItAbandonedWhenTheSourceKeepsItsPlace) {
  hooks.after_read = [this, reads = 0](connectors::RebalanceListener& listener) mutable {
    // The first batch is in flight and lost; the second has been read, behind it.
    if (++reads == 2) {
      EXPECT_TRUE(listener.release({}, true));
    }
  };
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure&) mutable {
    if (++calls == 2) sink->cork(false);
    return LETHE_OK;
  };
  make(numbered(6), {.batch_records = 3});
  sink->cork(true);
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(6)));
  EXPECT_EQ(committed(), 6);
}

TEST_F(Recovery, DoesNotCallItsOutputCompleteIfItIsStoppedWithPartitionsLostAtTheEnd) {
  hooks.after_read = [this, reads = 0](connectors::RebalanceListener& listener) mutable {
    if (++reads != 2) return;
    EXPECT_TRUE(listener.release({}, true));
    stop.request_stop();
  };
  make(numbered(6), {.batch_records = 3});
  sink->cork(true);
  EXPECT_FALSE(run().error);
  EXPECT_FALSE(sink->closed());
  EXPECT_EQ(committed(), 0);
}

TEST_F(Recovery, AbandonsWhatCannotBeDrainedBeforeARebalance) {
  plugin.on_apply = [this, calls = 0](const lethe_batch&, lethe_failure&) mutable {
    ++calls;
    if (calls == 1) {
      sink->cork(true);
      source->rebalance_at_next_read(false);
    }
    if (calls == 2) sink->cork(false);
    return LETHE_OK;
  };
  make(numbered(6), {.batch_records = 3});
  EXPECT_FALSE(run().error);
  EXPECT_GE(sink->abandons(), 1u);
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(6)));
  EXPECT_EQ(committed(), 6);
}

}  // namespace
}  // namespace lethe::worker::pipeline
