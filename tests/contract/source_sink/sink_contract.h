// SPDX-License-Identifier: Apache-2.0
//
// What every Sink promises (connectors/sink.h), run unchanged on each of them. A Harness is a
// default-constructible type with
//   std::unique_ptr<Sink> open()            a sink with an empty target
//   std::vector<std::string> values()       what a reader of the target finds, after close()
//   static constexpr bool kTakesBack        abandon() leaves nothing of the batch in the target
//   OwnedRecord refused()                   a record that this target will not take

#ifndef LETHE_TESTS_CONTRACT_SOURCE_SINK_SINK_CONTRACT_H_
#define LETHE_TESTS_CONTRACT_SOURCE_SINK_SINK_CONTRACT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/sink.h"
#include "connectors/testing/owned_record.h"

namespace lethe::connectors::testing {

inline OwnedRecord numbered_record(int n) {
  return {"in", 0, n, 1000 + n, "k", "{\"n\":" + std::to_string(n) + "}", {}};
}

inline std::vector<std::string> numbered_values(int from, int to) {
  std::vector<std::string> values;
  for (int i = from; i < to; ++i) values.push_back(*numbered_record(i).value);
  return values;
}

inline Batch numbered_batch(int from, int to, std::uint64_t sequence) {
  std::vector<OwnedRecord> records;
  for (int i = from; i < to; ++i) records.push_back(numbered_record(i));
  return batch_of(records, sequence);
}

template <class Harness>
class SinkContract : public ::testing::Test {
 protected:
  static constexpr std::chrono::seconds kDeadline{30};

  // Drains, and adds what was confirmed and refused to confirmed_ and refused_.
  void drain(Sink& sink) {
    const auto drained = sink.drain(kDeadline);
    ASSERT_TRUE(drained) << drained.error().message();
    auto news = sink.durable();
    ASSERT_TRUE(news) << news.error().message();
    for (const Checkpoint& checkpoint : news->confirmed) confirmed_.push_back(checkpoint.sequence);
    for (const Refused& refused : news->refused) refused_.push_back(refused);
  }

  Harness harness_;
  std::vector<std::uint64_t> confirmed_;
  std::vector<Refused> refused_;
};

TYPED_TEST_SUITE_P(SinkContract);

TYPED_TEST_P(SinkContract, WritesEveryRecordInOrderAndConfirmsEveryBatchOnce) {
  auto sink = this->harness_.open();
  for (int i = 0; i < 10; ++i) {
    const auto sequence = static_cast<std::uint64_t>(i + 1);
    ASSERT_TRUE(sink->write(numbered_batch(i * 100, i * 100 + 100, sequence)));
  }
  this->drain(*sink);
  EXPECT_THAT(this->confirmed_, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_EQ(sink->in_flight_bytes(), 0u);
  this->drain(*sink);
  EXPECT_EQ(this->confirmed_.size(), 10u);
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(this->harness_.values(), numbered_values(0, 1000));
}

TYPED_TEST_P(SinkContract, LeavesOutRecordsThatGoNowhere) {
  auto sink = this->harness_.open();
  Batch batch = numbered_batch(0, 3, 1);
  batch.records[1].route = Route::kNone;
  ASSERT_TRUE(sink->write(std::move(batch)));
  this->drain(*sink);
  EXPECT_THAT(this->confirmed_, ::testing::ElementsAre(1));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(this->harness_.values(), ::testing::ElementsAre("{\"n\":0}", "{\"n\":2}"));
}

TYPED_TEST_P(SinkContract, ConfirmsABatchInWhichNothingIsLeftToWrite) {
  auto sink = this->harness_.open();
  Batch batch = numbered_batch(0, 1, 1);
  batch.records[0].route = Route::kNone;
  ASSERT_TRUE(sink->write(std::move(batch)));
  this->drain(*sink);
  EXPECT_THAT(this->confirmed_, ::testing::ElementsAre(1));
}

TYPED_TEST_P(SinkContract, HandsAbandonedBatchesBackAndGoesOn) {
  auto sink = this->harness_.open();
  ASSERT_TRUE(sink->write(numbered_batch(0, 5, 1)));
  this->drain(*sink);
  ASSERT_TRUE(sink->write(numbered_batch(5, 10, 2)));
  const std::vector<Batch> handed_back = sink->abandon();
  ASSERT_EQ(handed_back.size(), 1u);
  EXPECT_EQ(own(handed_back[0].records.at(4).in), numbered_record(9));
  EXPECT_EQ(sink->in_flight_bytes(), 0u);
  ASSERT_TRUE(sink->write(numbered_batch(5, 8, 3)));
  this->drain(*sink);
  EXPECT_THAT(this->confirmed_, ::testing::ElementsAre(1, 3));
  ASSERT_TRUE(sink->close());
  const std::vector<std::string> values = this->harness_.values();
  if (TypeParam::kTakesBack) {
    EXPECT_EQ(values, numbered_values(0, 8));
  } else {  // what had left may have arrived: the last run of records is whole and in order
    ASSERT_GE(values.size(), 8u);
    EXPECT_EQ(std::vector<std::string>(values.end() - 3, values.end()), numbered_values(5, 8));
  }
}

TYPED_TEST_P(SinkContract, HoldsTheCheckpointBackUntilARefusedRecordIsSettled) {
  auto sink = this->harness_.open();
  ASSERT_TRUE(
      sink->write(batch_of({numbered_record(0), this->harness_.refused(), numbered_record(1)}, 1)));
  ASSERT_TRUE(sink->write(numbered_batch(2, 4, 2)));
  this->drain(*sink);
  ASSERT_EQ(this->refused_.size(), 1u);
  const Refused& refused = this->refused_[0];
  EXPECT_EQ(refused.sequence, 1u);
  EXPECT_EQ(refused.index, 1u);
  EXPECT_FALSE(refused.message.empty());
  EXPECT_EQ(own(refused.record->out), this->harness_.refused());
  EXPECT_THAT(this->confirmed_, ::testing::IsEmpty());
  EXPECT_GT(sink->in_flight_bytes(), 0u);
  ASSERT_TRUE(sink->settle_refused(refused, Route::kNone));
  this->drain(*sink);
  EXPECT_THAT(this->confirmed_, ::testing::ElementsAre(1, 2));
  EXPECT_EQ(sink->in_flight_bytes(), 0u);
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(this->harness_.values(), numbered_values(0, 4));
}

TYPED_TEST_P(SinkContract, MayBeClosedTwice) {
  auto sink = this->harness_.open();
  EXPECT_TRUE(sink->close());
  EXPECT_TRUE(sink->close());
}

REGISTER_TYPED_TEST_SUITE_P(SinkContract, WritesEveryRecordInOrderAndConfirmsEveryBatchOnce,
                            LeavesOutRecordsThatGoNowhere,
                            ConfirmsABatchInWhichNothingIsLeftToWrite,
                            HandsAbandonedBatchesBackAndGoesOn,
                            HoldsTheCheckpointBackUntilARefusedRecordIsSettled, MayBeClosedTwice);

}  // namespace lethe::connectors::testing

#endif  // LETHE_TESTS_CONTRACT_SOURCE_SINK_SINK_CONTRACT_H_
