// SPDX-License-Identifier: Apache-2.0
//
// What every Source promises (connectors/source.h), run unchanged on each of them. A Harness is a
// default-constructible type with
//   void feed(const std::vector<std::string>& values)   more records at the end of the input
//   std::unique_ptr<Source> open()                      a source over it, as after a restart
//   static constexpr bool kEnds                         the source reports the end of the input
//   static constexpr bool kSeeks                        rewind() goes back to the last commit
//   static constexpr bool kRemembers                    a commit outlives the source
// Values are JSON texts without line breaks.

#ifndef LETHE_TESTS_CONTRACT_SOURCE_SINK_SOURCE_CONTRACT_H_
#define LETHE_TESTS_CONTRACT_SOURCE_SINK_SOURCE_CONTRACT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/source.h"

namespace lethe::connectors::testing {

struct NoRebalance final : RebalanceListener {
  Result<void> release(std::span<const Position>, bool) override { return {}; }
};

inline std::vector<std::string> numbered(int from, int to) {
  std::vector<std::string> values;
  for (int i = from; i < to; ++i) values.push_back("{\"n\":" + std::to_string(i) + "}");
  return values;
}

inline std::vector<std::string> values_of(const Batch& batch) {
  std::vector<std::string> values;
  for (const Record& record : batch.records) values.emplace_back(text(record.in.value));
  return values;
}

template <class Harness>
class SourceContract : public ::testing::Test {
 protected:
  // Non-empty batches until they hold n records, or the end. Fails the test after a minute.
  std::vector<Batch> read(Source& source, std::size_t n) {
    std::vector<Batch> batches;
    std::size_t got = 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (got < n && std::chrono::steady_clock::now() < deadline) {
      auto batch = source.read({}, listener_);
      EXPECT_TRUE(batch) << batch.error().message();
      if (!batch) break;
      const bool end = batch->end;
      got += batch->records.size();
      if (!batch->empty()) batches.push_back(std::move(*batch));
      if (end) break;
    }
    EXPECT_GE(got, n);
    return batches;
  }

  static std::vector<std::string> values(const std::vector<Batch>& batches) {
    std::vector<std::string> all;
    for (const Batch& batch : batches) {
      for (std::string& value : values_of(batch)) all.push_back(std::move(value));
    }
    return all;
  }

  Harness harness_;
  NoRebalance listener_;
};

TYPED_TEST_SUITE_P(SourceContract);

TYPED_TEST_P(SourceContract, HandsOutEveryRecordOnceAndInOrder) {
  this->harness_.feed(numbered(0, 2500));
  auto source = this->harness_.open();
  EXPECT_EQ(this->values(this->read(*source, 2500)), numbered(0, 2500));
}

TYPED_TEST_P(SourceContract, KeepsTheBytesOfABatchWhileItReadsOn) {
  this->harness_.feed(numbered(0, 2000));
  auto source = this->harness_.open();
  std::vector<Batch> batches = this->read(*source, 1);
  const std::vector<std::string> first = values_of(batches[0]);
  for (Batch& batch : this->read(*source, 2000 - first.size())) batches.push_back(std::move(batch));
  source.reset();
  EXPECT_EQ(this->values(batches), numbered(0, 2000));
}

TYPED_TEST_P(SourceContract, NumbersItsBatchesAndNamesTheirPositions) {
  this->harness_.feed(numbered(0, 2500));
  auto source = this->harness_.open();
  std::uint64_t last = 0;
  for (const Batch& batch : this->read(*source, 2500)) {
    EXPECT_GT(batch.checkpoint.sequence, last);
    EXPECT_FALSE(batch.checkpoint.empty());
    EXPECT_GT(batch.bytes, 0u);
    last = batch.checkpoint.sequence;
  }
}

TYPED_TEST_P(SourceContract, StartsARecordAsItsOwnOutputOnTheWayToTheSink) {
  this->harness_.feed(numbered(0, 1));
  auto source = this->harness_.open();
  const std::vector<Batch> batches = this->read(*source, 1);
  const Record& record = batches.at(0).records.at(0);
  EXPECT_EQ(record.in.struct_size, sizeof(lethe_record));
  EXPECT_EQ(record.out.value.data, record.in.value.data);
  EXPECT_EQ(record.out.topic.data, record.in.topic.data);
  EXPECT_EQ(record.route, Route::kSink);
  EXPECT_FALSE(record.failed);
}

TYPED_TEST_P(SourceContract, ReadsNothingOnceItIsStoppedAndLosesNothing) {
  this->harness_.feed(numbered(0, 10));
  auto source = this->harness_.open();
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = source->read(stop.get_token(), this->listener_);
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->empty());
  EXPECT_FALSE(stopped->end);
  EXPECT_EQ(this->values(this->read(*source, 10)), numbered(0, 10));
}

TYPED_TEST_P(SourceContract, EndsWhenItsInputDoesOrWaitsForMore) {
  this->harness_.feed(numbered(0, 3));
  auto source = this->harness_.open();
  this->read(*source, 3);
  bool ended = false;
  for (int i = 0; i < 3 && !ended; ++i) {
    const auto batch = source->read({}, this->listener_);
    ASSERT_TRUE(batch);
    EXPECT_TRUE(batch->empty());
    ended = batch->end;
  }
  EXPECT_EQ(ended, TypeParam::kEnds);
  if (TypeParam::kEnds) return;
  this->harness_.feed(numbered(3, 5));
  EXPECT_EQ(this->values(this->read(*source, 2)), numbered(3, 5));
}

TYPED_TEST_P(SourceContract, GoesBackToTheLastCommitOrSaysThatItCannot) {
  this->harness_.feed(numbered(0, 2500));
  auto source = this->harness_.open();
  std::vector<Batch> batches = this->read(*source, 2500);
  ASSERT_GE(batches.size(), 2u);
  ASSERT_TRUE(source->commit(batches[0].checkpoint));
  const int committed = static_cast<int>(batches[0].records.size());
  const auto rewound = source->rewind();
  ASSERT_TRUE(rewound) << rewound.error().message();
  EXPECT_EQ(*rewound, TypeParam::kSeeks);
  if (!TypeParam::kSeeks) return;
  EXPECT_EQ(this->values(this->read(*source, static_cast<std::size_t>(2500 - committed))),
            numbered(committed, 2500));
}

TYPED_TEST_P(SourceContract, IgnoresACheckpointFromBeforeARewind) {
  if (!TypeParam::kSeeks) GTEST_SKIP() << "this source does not seek";
  this->harness_.feed(numbered(0, 10));
  auto source = this->harness_.open();
  const std::vector<Batch> old = this->read(*source, 10);
  ASSERT_TRUE(source->rewind());
  ASSERT_TRUE(source->commit(old.back().checkpoint));
  ASSERT_TRUE(source->rewind());
  EXPECT_EQ(this->values(this->read(*source, 10)), numbered(0, 10));
}

TYPED_TEST_P(SourceContract, StartsAfterTheLastCommitWhenItIsOpenedAgain) {
  this->harness_.feed(numbered(0, 2500));
  auto source = this->harness_.open();
  const std::vector<Batch> batches = this->read(*source, 2500);
  ASSERT_TRUE(source->commit(batches[0].checkpoint));
  ASSERT_TRUE(source->close());
  const int committed = static_cast<int>(batches[0].records.size());
  if (!TypeParam::kRemembers) return;
  source = this->harness_.open();
  EXPECT_EQ(this->values(this->read(*source, static_cast<std::size_t>(2500 - committed))),
            numbered(committed, 2500));
}

TYPED_TEST_P(SourceContract, LosesNothingWhileItIdles) {
  this->harness_.feed(numbered(0, 2500));
  auto source = this->harness_.open();
  std::vector<Batch> batches = this->read(*source, 1);
  ASSERT_TRUE(source->idle(std::chrono::milliseconds(20), {}, this->listener_));
  const std::size_t left = 2500 - this->values(batches).size();
  for (Batch& batch : this->read(*source, left)) batches.push_back(std::move(batch));
  EXPECT_EQ(this->values(batches), numbered(0, 2500));
}

TYPED_TEST_P(SourceContract, MayBeClosedTwice) {
  this->harness_.feed(numbered(0, 1));
  auto source = this->harness_.open();
  EXPECT_TRUE(source->close());
  EXPECT_TRUE(source->close());
}

REGISTER_TYPED_TEST_SUITE_P(
    SourceContract, HandsOutEveryRecordOnceAndInOrder, KeepsTheBytesOfABatchWhileItReadsOn,
    NumbersItsBatchesAndNamesTheirPositions, StartsARecordAsItsOwnOutputOnTheWayToTheSink,
    ReadsNothingOnceItIsStoppedAndLosesNothing, EndsWhenItsInputDoesOrWaitsForMore,
    GoesBackToTheLastCommitOrSaysThatItCannot, IgnoresACheckpointFromBeforeARewind,
    StartsAfterTheLastCommitWhenItIsOpenedAgain, LosesNothingWhileItIdles, MayBeClosedTwice);

}  // namespace lethe::connectors::testing

#endif  // LETHE_TESTS_CONTRACT_SOURCE_SINK_SOURCE_CONTRACT_H_
