// SPDX-License-Identifier: Apache-2.0
//
// The controls of the fakes; what they share with real connectors is in tests/contract/source_sink.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/testing/fake_sink.h"
#include "connectors/testing/fake_source.h"

namespace lethe::connectors::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Released final : RebalanceListener {
  Result<void> release(std::span<const Position> partitions, bool is_lost) override {
    n = partitions.size();
    lost = is_lost;
    if (commit != nullptr) return source->commit(*commit);
    return {};
  }
  std::size_t n = 0;
  bool lost = false;
  Source* source = nullptr;
  const Checkpoint* commit = nullptr;
};

OwnedRecord record(std::int64_t offset, std::string value) {
  return {"t", 0, offset, 1, "k", std::move(value), {{"h", "1"}, {"n", std::nullopt}}};
}

TEST(FakeSource, ReadsAgainWhatWasNotCommittedAfterARewind) {
  FakeSource source({record(0, "a"), record(1, "b"), record(2, "c")}, {.batch_records = 2});
  Released listener;
  auto first = source.read({}, listener);
  ASSERT_TRUE(first);
  EXPECT_EQ(own(first->records[1].in), record(1, "b"));
  EXPECT_FALSE(first->end);
  ASSERT_TRUE(source.commit(first->checkpoint));
  EXPECT_TRUE(source.read({}, listener)->end);
  ASSERT_TRUE(source.rewind());
  auto again = source.read({}, listener);
  ASSERT_EQ(again->records.size(), 1u);
  EXPECT_EQ(own(again->records[0].in), record(2, "c"));
}

TEST(FakeSource, LetsTheListenerCommitBeforeItGivesPartitionsUp) {
  FakeSource source({record(0, "a"), record(1, "b")}, {.batch_records = 1});
  Released listener;
  auto first = source.read({}, listener);
  listener.source = &source;
  listener.commit = &first->checkpoint;
  source.rebalance_at_next_read(false);
  auto second = source.read({}, listener);
  EXPECT_EQ(listener.n, 1u);
  EXPECT_FALSE(listener.lost);
  EXPECT_EQ(own(second->records[0].in), record(1, "b"));
  ASSERT_TRUE(source.commit(first->checkpoint));  // of an earlier generation: ignored
  EXPECT_EQ(source.commits().size(), 1u);
}

TEST(FakeSource, StallsAndFailsOnRequest) {
  FakeSource source({record(0, "a")});
  Released listener;
  source.stall(true);
  EXPECT_TRUE(source.read({}, listener)->empty());
  EXPECT_FALSE(source.read({}, listener)->end);
  source.stall(false);
  source.fail_next_read(transient("away"));
  EXPECT_EQ(source.read({}, listener).error().message(), "away");
  EXPECT_EQ(source.read({}, listener)->records.size(), 1u);
}

TEST(FakeSink, ConfirmsNothingWhileItIsCorked) {
  FakeSink sink;
  sink.cork(true);
  ASSERT_TRUE(sink.write(batch_of({record(0, "a")}, 1)));
  EXPECT_THAT(sink.durable()->confirmed, IsEmpty());
  EXPECT_EQ(sink.in_flight_bytes(), 2u);
  EXPECT_EQ(sink.drain(milliseconds(1)).error().kind(), ErrorKind::kTransient);
  sink.cork(false);
  EXPECT_EQ(sink.durable()->confirmed.size(), 1u);
  EXPECT_THAT(sink.written(), ElementsAre(record(0, "a")));
}

TEST(FakeSink, HoldsABatchUntilItsRefusedRecordIsSettled) {
  FakeSink sink;
  sink.refuse_if(
      [](const OwnedRecord& r, Route route) { return route == Route::kSink && r.value == "bad"; });
  ASSERT_TRUE(sink.write(batch_of({record(0, "bad"), record(1, "good")}, 7)));
  auto news = sink.durable();
  ASSERT_EQ(news->refused.size(), 1u);
  EXPECT_THAT(news->confirmed, IsEmpty());
  EXPECT_EQ(own(news->refused[0].record->out), record(0, "bad"));
  ASSERT_TRUE(sink.settle_refused(news->refused[0], Route::kDeadLetter));
  EXPECT_EQ(sink.durable()->confirmed.at(0).sequence, 7u);
  EXPECT_THAT(sink.dead_letters(), ElementsAre(record(0, "bad")));
  EXPECT_THAT(sink.written(), ElementsAre(record(1, "good")));
}

TEST(FakeSink, ForgetsWhatWasAbandoned) {
  FakeSink sink;
  ASSERT_TRUE(sink.write(batch_of({record(0, "a")}, 1)));
  sink.abandon();
  EXPECT_THAT(sink.durable()->confirmed, IsEmpty());
  EXPECT_THAT(sink.written(), IsEmpty());
  EXPECT_EQ(sink.abandons(), 1u);
}

}  // namespace
}  // namespace lethe::connectors::testing
