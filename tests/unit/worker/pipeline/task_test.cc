// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/task.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/unit/worker/pipeline/task_fixture.h"

namespace lethe::worker::pipeline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using TaskLoop = Tasked;

TEST_F(TaskLoop, CarriesEveryRecordInOrderAndEndsWithTheInput) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    replace_value(batch, i, std::string(value_at(batch, i)) + "!");
  });
  make(numbered(250));
  const TaskReport report = run();
  EXPECT_FALSE(report.error);
  std::vector<std::string> expected = numbered(250);
  for (std::string& value : expected) value += "!";
  EXPECT_THAT(values(sink->written()), ElementsAreArray(expected));
  EXPECT_EQ(committed(), 250);
  EXPECT_TRUE(sink->closed());
  EXPECT_TRUE(source->closed());
  EXPECT_EQ(task->status().state, TaskState::kStopped);
  EXPECT_EQ(task->status().reason, "");
}

TEST_F(TaskLoop, ReportsWhatBecameOfTheRecords) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (value_at(batch, i) == "drop") verdict_at(batch, i).action = LETHE_DROP;
    if (value_at(batch, i) == "bury") fail_verdict(batch, i, LETHE_BAD_RECORD);
    if (value_at(batch, i) == "discard")
      fail_verdict(batch, i, LETHE_BAD_RECORD, kBad, LETHE_DISCARD);
    if (value_at(batch, i) == "pass") fail_verdict(batch, i, LETHE_BAD_RECORD, kBad, LETHE_PASS);
  });
  on_error = always(Disposition::kDeadLetter);
  make({"ok", "drop", "bury", "discard", "pass", "ok"});
  const TaskReport report = run();
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.totals.read, 6u);
  EXPECT_EQ(report.totals.written, 3u);
  EXPECT_EQ(report.totals.dropped, 2u);
  EXPECT_EQ(report.totals.dead_lettered, 1u);
  EXPECT_EQ(report.totals.failed, 2u);
  ASSERT_EQ(report.stages.size(), 1u);
  EXPECT_EQ(report.stages[0].counts[static_cast<std::size_t>(Outcome::kKept)], 2u);
  EXPECT_EQ(report.stages[0].counts[static_cast<std::size_t>(Outcome::kPassed)], 1u);
  EXPECT_THAT(values(sink->written()), ElementsAre("ok", "pass", "ok"));
  EXPECT_THAT(values(sink->dead_letters()), ElementsAre("bury"));
  EXPECT_EQ(committed(), 6) << "a dead letter is a fate";
}

TEST_F(TaskLoop, EndsAtOnceOnEmptyInput) {
  make({});
  EXPECT_FALSE(run().error);
  EXPECT_TRUE(sink->closed());
}

TEST_F(TaskLoop, CommitsABatchOfWhichNothingWasLeft) {
  plugin.on_apply = for_each_record(
      [](const lethe_batch& batch, std::uint64_t i) { verdict_at(batch, i).action = LETHE_DROP; });
  make(numbered(3));
  EXPECT_EQ(run().totals.dropped, 3u);
  EXPECT_EQ(committed(), 3);
}

TEST_F(TaskLoop, CommitsNothingThatIsNotDurable) {
  options.retry.budget = std::chrono::milliseconds(0);
  make(numbered(5), {.batch_records = 2});
  sink->cork(true);
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind(), ErrorKind::kTransient);
  EXPECT_THAT(source->commits(), IsEmpty());
  EXPECT_EQ(report.totals.read, 0u);
  EXPECT_FALSE(sink->closed()) << "an incomplete output must not take its name";
}

TEST_F(TaskLoop, StopsOnABadRecordByDefaultAndLeavesItUncommitted) {
  plugin.on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (value_at(batch, i) == "v5") fail_verdict(batch, i, LETHE_BAD_RECORD);
  });
  make(numbered(8), {.batch_records = 2});
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind(), ErrorKind::kBadRecord);
  EXPECT_THAT(report.error->message(), HasSubstr("offset 5"));
  EXPECT_EQ(task->status().state, TaskState::kFailed);
  EXPECT_THAT(task->status().reason, HasSubstr(std::string(kBad)));
  EXPECT_EQ(committed(), 4);
  EXPECT_FALSE(sink->closed());
  EXPECT_TRUE(source->closed());
  EXPECT_EQ(source->rewinds(), 0u);
}

TEST_F(TaskLoop, StopsOnWrongConfigurationAndOnBugsWhateverThePolicySays) {
  for (const std::int32_t kind : {LETHE_BAD_CONFIG, LETHE_INTERNAL}) {
    plugin.on_apply = [kind](const lethe_batch&, lethe_failure& failure) {
      failure.message = connectors::view(kBad);
      return kind;
    };
    on_error = always(Disposition::kDiscard);
    make(numbered(1));
    const TaskReport report = run();
    ASSERT_TRUE(report.error);
    EXPECT_EQ(static_cast<std::int32_t>(report.error->kind()), kind);
    EXPECT_THAT(sink->written(), IsEmpty());
  }
}

TEST_F(TaskLoop, SealsADeadLetterOfEncryptWhole) {
  protects = true;
  on_error = always(Disposition::kDeadLetter);
  plugin.on_apply = for_each_record(
      [](const lethe_batch& batch, std::uint64_t i) { fail_verdict(batch, i, LETHE_BAD_RECORD); });
  make({"clear"});
  EXPECT_FALSE(run().error);
  EXPECT_THAT(values(sink->dead_letters()), ElementsAre("sealed:5"));
  EXPECT_THAT(sink->dead_letters()[0].headers, Contains(Pair("lethe.dead_letter.sealed", "1")));
  EXPECT_THAT(sink->written(), IsEmpty());
}

TEST_F(TaskLoop, StopsIfADeadLetterCannotBeSealed) {
  protects = true;
  on_error = always(Disposition::kDeadLetter);
  seal_failure = bad_config("no dead-letter key");
  plugin.on_apply = for_each_record(
      [](const lethe_batch& batch, std::uint64_t i) { fail_verdict(batch, i, LETHE_BAD_RECORD); });
  make({"clear"});
  EXPECT_TRUE(run().error);
  EXPECT_THAT(sink->dead_letters(), IsEmpty());
  EXPECT_EQ(committed(), 0);
}

// ---- refused records ----------------------------------------------------------------------------

TEST_F(TaskLoop, BuriesARecordThatTheSinkRefuses) {
  on_error = always(Disposition::kDeadLetter);
  make({"a", "huge", "b"});
  sink->refuse_if([](const auto& one, connectors::Route route) {
    return one.value == "huge" && route == connectors::Route::kSink;
  });
  const TaskReport report = run();
  EXPECT_FALSE(report.error);
  EXPECT_THAT(values(sink->written()), ElementsAre("a", "b"));
  EXPECT_THAT(values(sink->dead_letters()), ElementsAre("huge"));
  EXPECT_EQ(report.totals.written, 2u);
  EXPECT_EQ(report.totals.dead_lettered, 1u);
  EXPECT_EQ(report.totals.failed, 1u);
  EXPECT_EQ(committed(), 3);
}

TEST_F(TaskLoop, StopsOnARefusedRecordByDefault) {
  make({"a", "huge"});
  sink->refuse_if([](const auto& one, connectors::Route) { return one.value == "huge"; });
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind(), ErrorKind::kBadRecord);
  EXPECT_EQ(committed(), 0);
}

TEST_F(TaskLoop, StopsIfADeadLetterIsRefused) {
  on_error = always(Disposition::kDeadLetter);
  make({"huge"});
  sink->refuse_if([](const auto&, connectors::Route) { return true; });
  const TaskReport report = run();
  ASSERT_TRUE(report.error);
  EXPECT_THAT(report.error->message(), HasSubstr("dead letter"));
  EXPECT_EQ(committed(), 0);
}

// ---- stopping -----------------------------------------------------------------------------------

TEST_F(TaskLoop, DrainsAndCommitsWhenItIsStoppedButDoesNotCallItsOutputComplete) {
  plugin.on_apply = for_each_record([this](const lethe_batch& batch, std::uint64_t i) {
    if (value_at(batch, i) == "v3") stop.request_stop();
  });
  make(numbered(100), {.batch_records = 2, .endless = true});
  const TaskReport report = run();
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.totals.written, 4u);
  EXPECT_EQ(committed(), 4);
  EXPECT_FALSE(sink->closed());
  EXPECT_TRUE(source->closed());
  EXPECT_EQ(task->status().state, TaskState::kStopped);
}

TEST_F(TaskLoop, EndsCleanlyIfItIsStoppedBeforeItHasReadAnything) {
  make(numbered(2));
  sink->cork(true);
  stop.request_stop();
  EXPECT_FALSE(run().error);
  EXPECT_EQ(committed(), 0);
}

TEST_F(TaskLoop, DoesNotCloseTheSinkIfItCannotDrainBeforeTheDeadline) {
  plugin.on_apply = [this](const lethe_batch&, lethe_failure&) {
    stop.request_stop();
    return LETHE_OK;
  };
  make(numbered(2));
  sink->cork(true);
  EXPECT_TRUE(run().error);
  EXPECT_FALSE(sink->closed());
  EXPECT_EQ(committed(), 0);
  EXPECT_EQ(task->status().state, TaskState::kStopped);
  EXPECT_THAT(world.log.all(), HasSubstr("task stops before everything was written"));
}

// ---- in flight ----------------------------------------------------------------------------------

TEST_F(TaskLoop, ReadsNoFurtherWhileTooMuchIsInFlight) {
  options.most_in_flight = 30;
  make(numbered(50), {.batch_records = 2});
  sink->cork(true);
  std::thread running([this] { run(); });
  while (source->idled().count() == 0) std::this_thread::yield();
  // A batch of two is 14 bytes: the third one goes over the bound, and is the last one read.
  EXPECT_EQ(sink->in_flight_bytes(), 3u * 14u);
  EXPECT_THAT(source->commits(), IsEmpty());
  sink->cork(false);
  running.join();
  EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(50)));
  EXPECT_EQ(committed(), 50);
}

TEST_F(TaskLoop, CanBeStoppedWhileTheSinkIsFull) {
  options.most_in_flight = 1;
  make(numbered(50), {.batch_records = 2});
  sink->cork(true);
  std::thread running([this] { run(); });
  while (source->idled().count() == 0) std::this_thread::yield();
  stop.request_stop();
  running.join();
  EXPECT_EQ(committed(), 0);
  EXPECT_FALSE(sink->closed());
}

TEST_F(TaskLoop, FlushesItsCountersAtTheEnd) {
  make(numbered(7));
  run();
  EXPECT_THAT(world.metrics.exposition(),
              HasSubstr("lethe_records_total{outcome=\"kept\",pipeline=\"pipe\","
                        "transform=\"scripted\"} 7"));
  EXPECT_THAT(world.metrics.exposition(), HasSubstr("lethe_batch_seconds_count"));
}

}  // namespace
}  // namespace lethe::worker::pipeline
