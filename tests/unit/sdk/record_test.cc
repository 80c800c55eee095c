// SPDX-License-Identifier: Apache-2.0

#include "lethe/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <string>

#include "lethe/testing/fake_batch.h"

namespace lethe {
namespace {

using ::testing::ElementsAre;
using testing::FakeBatch;
using ::testing::Pair;

constexpr Message kNo{"no"};

TEST(Record, ShowsTheOriginalAndTellsNullFromEmpty) {
  FakeBatch batch;
  batch.add().topic("t").key("").value(std::nullopt).timestamp_ms(12).position(3, 45);
  const Record record = batch[0];
  EXPECT_EQ(record.topic(), "t");
  EXPECT_EQ(record.key(), "");
  EXPECT_EQ(record.value(), std::nullopt);
  EXPECT_EQ(record.timestamp_ms(), 12);
  EXPECT_EQ(record.partition(), 3);
  EXPECT_EQ(record.offset(), 45);
}

TEST(Record, AnswersTheLastHeaderOfAName) {
  FakeBatch batch;
  batch.add().header("a", "1").header("b", "2").header("a", "3").header("c", std::nullopt);
  EXPECT_EQ(batch[0].header("a"), "3");
  EXPECT_EQ(batch[0].header("c"), std::nullopt);
  EXPECT_EQ(batch[0].header("d"), std::nullopt);
}

TEST(Record, IsKeptWhenNothingIsSaid) {
  FakeBatch batch;
  batch.add().value("v");
  static_cast<void>(batch[0]);
  EXPECT_TRUE(batch.kept(0));
  EXPECT_EQ(batch.value_after(0), "v");
}

TEST(Record, CopiesWhatIsSet) {
  FakeBatch batch;
  batch.add().topic("t").key("k").value("v");
  {
    const std::string gone = "a value long enough to live on the heap";
    batch[0].set_value(gone);
    batch[0].set_key(gone + "!");
    batch[0].set_topic(gone + "?");
  }
  EXPECT_EQ(batch.value_after(0), "a value long enough to live on the heap");
  EXPECT_EQ(batch.key_after(0), "a value long enough to live on the heap!");
  EXPECT_EQ(batch.topic_after(0), "a value long enough to live on the heap?");
  EXPECT_EQ(batch.verdict(0).replaced,
            LETHE_REPLACED_VALUE | LETHE_REPLACED_KEY | LETHE_REPLACED_TOPIC);
}

TEST(Record, BecomesEmptyOrATombstoneAsAsked) {
  FakeBatch batch;
  batch.add().value("v");
  batch.add().value("v");
  batch[0].set_value("");
  batch[1].set_tombstone();
  EXPECT_EQ(batch.value_after(0), "");
  EXPECT_EQ(batch.value_after(1), std::nullopt);
  EXPECT_EQ(batch.arena().allocations(), 0u);
}

TEST(Record, AddsHeadersBehindThoseThatAreThere) {
  FakeBatch batch;
  batch.add().header("a", "1").header("n", std::nullopt);
  batch[0].add_header("b", "2");
  batch[0].add_header("a", "");
  EXPECT_THAT(batch.headers_after(0),
              ElementsAre(Pair("a", "1"), Pair("n", std::nullopt), Pair("b", "2"), Pair("a", "")));
}

TEST(Record, TakesAWholeListOfHeaders) {
  FakeBatch batch;
  batch.add().header("a", "1");
  batch.add().header("a", "1");
  const lethe_header only{to_view("z"), to_view("9")};
  batch[0].place_headers(&only, 1);
  batch[1].place_headers(nullptr, 0);
  batch[1].add_header("b", "2");
  EXPECT_THAT(batch.headers_after(0), ElementsAre(Pair("z", "9")));
  EXPECT_THAT(batch.headers_after(1), ElementsAre(Pair("b", "2")));
}

TEST(Record, StaysFailedWhateverIsSaidAfterwards) {
  FakeBatch batch;
  batch.add().value("clear");
  Record record = batch[0];
  record.fail(ErrorKind::kBlocked, kNo, "a.b", Disposition::kDeadLetter);
  record.set_value("sealed");
  record.drop();
  EXPECT_TRUE(record.failed());
  EXPECT_EQ(batch.verdict(0).error_kind, LETHE_BLOCKED);
  EXPECT_EQ(batch.verdict(0).disposition, LETHE_DEAD_LETTER);
  EXPECT_EQ(batch.message(0), "no");
  EXPECT_EQ(to_text(batch.verdict(0).path), "a.b");
}

TEST(Record, StaysDroppedWhenItIsReplacedAfterwards) {
  FakeBatch batch;
  batch.add().value("v");
  batch[0].drop();
  batch[0].set_value("w");
  EXPECT_TRUE(batch.dropped(0));
}

TEST(Record, FailsAfterItWasReplaced) {
  FakeBatch batch;
  batch.add().value("v");
  batch[0].set_value("w");
  batch[0].fail(ErrorKind::kBadRecord, kNo);
  EXPECT_TRUE(batch.failed(0));
}

TEST(Arena, ThrowsWhenItIsExhausted) {
  FakeBatch batch(4);
  batch.add();
  EXPECT_NO_THROW(batch[0].set_value("1234"));
  EXPECT_THROW(batch[0].set_value("5"), std::bad_alloc);
}

}  // namespace
}  // namespace lethe
