// SPDX-License-Identifier: Apache-2.0

#include "connectors/dead_letter_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/testing/fake_sink.h"

namespace lethe::connectors {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using testing::FakeSink;
using ::testing::IsEmpty;
using testing::OwnedRecord;

class Split : public ::testing::Test {
 protected:
  Split() {
    auto records = std::make_unique<FakeSink>();
    auto letters = std::make_unique<FakeSink>();
    records_ = records.get();
    letters_ = letters.get();
    split_ = std::make_unique<DeadLetterSplit>(std::move(records), std::move(letters));
  }

  static OwnedRecord record(const std::string& value) {
    return {"t", 0, 1, 2, "k", value, {{"h", "v"}, {"none", std::nullopt}}};
  }
  static Batch batch(std::uint64_t sequence, const std::vector<std::string>& values,
                     const std::vector<std::size_t>& dead = {}) {
    std::vector<OwnedRecord> records;
    for (const std::string& value : values) records.push_back(record(value));
    Batch made = testing::batch_of(records, sequence);
    for (const std::size_t i : dead) made.records[i].route = Route::kDeadLetter;
    return made;
  }
  std::vector<std::uint64_t> confirmed() {
    std::vector<std::uint64_t> sequences;
    const Result<Durable> durable = split_->durable();
    EXPECT_TRUE(durable);
    for (const Checkpoint& one : durable->confirmed) sequences.push_back(one.sequence);
    return sequences;
  }

  FakeSink* records_;
  FakeSink* letters_;
  std::unique_ptr<DeadLetterSplit> split_;
};

TEST_F(Split, SendsLettersToTheirSinkWithAllTheyHave) {
  ASSERT_TRUE(split_->write(batch(1, {"a", "b", "c"}, {1})));
  ASSERT_TRUE(split_->drain(milliseconds(0)));
  ASSERT_THAT(confirmed(), ElementsAre(1));
  EXPECT_THAT(records_->written(), ElementsAre(record("a"), record("c")));
  EXPECT_THAT(letters_->written(), ElementsAre(record("b")));
}

TEST_F(Split, ConfirmsNothingBeforeItsLettersAreDurable) {
  letters_->cork(true);
  ASSERT_TRUE(split_->write(batch(1, {"a"})));
  ASSERT_TRUE(split_->write(batch(2, {"b", "c"}, {0})));
  ASSERT_TRUE(split_->write(batch(3, {"d"})));
  ASSERT_TRUE(records_->drain(milliseconds(0)));
  EXPECT_THAT(confirmed(), ElementsAre(1));
  EXPECT_THAT(confirmed(), IsEmpty());
  letters_->cork(false);
  ASSERT_TRUE(split_->drain(milliseconds(0)));
  EXPECT_THAT(confirmed(), ElementsAre(2, 3));
}

TEST_F(Split, WritesNoRecordWhoseLettersCouldNotBeWritten) {
  letters_->fail_next_write(transient("away"));
  EXPECT_FALSE(split_->write(batch(1, {"a", "b"}, {0})));
  EXPECT_EQ(records_->in_flight_bytes(), 0U);
}

TEST_F(Split, StopsWhenALetterIsRefused) {
  letters_->refuse_if([](const OwnedRecord&, Route) { return true; });
  ASSERT_TRUE(split_->write(batch(1, {"a"}, {0})));
  (void)split_->drain(milliseconds(0));
  const Result<Durable> durable = split_->durable();
  ASSERT_FALSE(durable);
  EXPECT_EQ(durable.error().kind(), ErrorKind::kBadConfig);
}

TEST_F(Split, BuriesWhatTheRecordsSinkRefused) {
  records_->refuse_if([](const OwnedRecord& one, Route) { return one.value == "b"; });
  ASSERT_TRUE(split_->write(batch(1, {"a", "b"})));
  (void)records_->drain(milliseconds(0));
  Result<Durable> durable = split_->durable();
  ASSERT_TRUE(durable);
  ASSERT_EQ(durable->refused.size(), 1U);
  EXPECT_THAT(durable->confirmed, IsEmpty());
  letters_->cork(true);
  ASSERT_TRUE(split_->settle_refused(durable->refused[0], Route::kDeadLetter));
  EXPECT_THAT(confirmed(), IsEmpty()) << "the letter is not durable";
  letters_->cork(false);
  ASSERT_TRUE(split_->drain(milliseconds(0)));
  EXPECT_THAT(confirmed(), ElementsAre(1));
  EXPECT_EQ(letters_->written().size(), 1U);
}

TEST_F(Split, TakesBackBothWhenItIsAbandoned) {
  letters_->cork(true);
  ASSERT_TRUE(split_->write(batch(1, {"a", "b"}, {1})));
  ASSERT_TRUE(records_->drain(milliseconds(0)));
  EXPECT_THAT(confirmed(), IsEmpty());
  split_->abandon();
  EXPECT_EQ(letters_->abandons(), 1U);
  letters_->cork(false);
  ASSERT_TRUE(split_->write(batch(2, {"a", "b"}, {1})));
  ASSERT_TRUE(split_->drain(milliseconds(0)));
  EXPECT_THAT(confirmed(), ElementsAre(2));
}

TEST_F(Split, ClosesBoth) {
  ASSERT_TRUE(split_->close());
  EXPECT_TRUE(records_->closed());
  EXPECT_TRUE(letters_->closed());
}

}  // namespace
}  // namespace lethe::connectors
