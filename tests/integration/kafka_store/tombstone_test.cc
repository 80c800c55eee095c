// SPDX-License-Identifier: Apache-2.0
//
// Tombstones by hand, which ask for an erasure, and our own, which do not.
#include <chrono>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "kms/store/kafka_texts.h"
#include "tests/integration/kafka_store/key_topic.h"

namespace lethe::kms::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = Birth::Outcome;

std::vector<EdekRow> look_up(KeyStore& store, std::uint32_t n) {
  const SubjectHash hash = subject(n);
  return *store.look_up({&hash, 1});
}

Birth create(KeyStore& store, const EdekRow& row) {
  auto births = store.create_all({&row, 1});
  EXPECT_TRUE(births) << births.error().message();
  return births->front();
}

std::vector<RemovedRow> removed(KeyStore& store) {
  Position position;
  return store.marks_since(position)->removed;
}

// The partitions that our rows do not lie in are read a moment later, and no call waits for them.
std::vector<RemovedRow> await_removed(KeyStore& store) {
  for (int i = 0; i < 200; ++i) {
    if (auto rows = removed(store); !rows.empty()) return rows;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

std::string holder(std::uint32_t n) {
  return holder_of(edek(n, 0));
}

TEST(Tombstone, ByHandIsReportedOnceAndHidesItsRow) {
  KeyTopic topic;
  const auto store = topic.open();
  create(*store, edek(1, 11));
  create(*store, edek(2, 21));
  topic.append(*edek_key(edek(1, 11)), std::nullopt);
  Position position;
  EXPECT_THAT(store->marks_since(position)->removed, ElementsAre(RemovedRow{dek(11), holder(1)}));
  EXPECT_THAT(store->marks_since(position)->removed, IsEmpty());
  EXPECT_THAT(look_up(*store, 1), IsEmpty());
  const DekId id = dek(11);
  EXPECT_THAT(*store->look_up_by_id({&id, 1}), IsEmpty());
  EXPECT_THAT(look_up(*store, 2), SizeIs(1));
  EXPECT_THAT(removed(*topic.open()), ElementsAre(RemovedRow{dek(11), holder(1)}));
}

TEST(Tombstone, ByHandLetsNothingElseOfItsSubjectWinUntilTheFence) {
  KeyTopic topic;
  const auto store = topic.open();
  create(*store, edek(1, 11));
  // A row that lost against it long ago does not come into its place, either.
  topic.append(*edek_key(edek(1, 12)), edek_value(edek(1, 12)));
  topic.append(*edek_key(edek(1, 11)), std::nullopt);
  const auto other = topic.open();
  for (KeyStore* view : {store.get(), other.get()}) {
    EXPECT_THAT(look_up(*view, 1), IsEmpty());
    const Birth birth = create(*view, edek(1, 13));
    EXPECT_EQ(birth.outcome, Outcome::kFenceMoved);
    EXPECT_FALSE(birth.left_over);
  }
  const std::vector<ErasedRow> dead = {erased(11)};
  ASSERT_EQ(*store->append_fence(fence(1, 1), dead), Fencing::kAppended);
  EXPECT_EQ(create(*store, edek(1, 14, 1)).outcome, Outcome::kCreated);
  EXPECT_THAT(removed(*store), IsEmpty());
  // What had lost is dead now, and shows itself to be buried.
  EXPECT_THAT(look_up(*store, 1), ElementsAre(edek(1, 12), edek(1, 14, 1)));
  const std::vector<ErasedRow> rest = {erased(12)};
  ASSERT_TRUE(store->bury(rest));
  EXPECT_THAT(look_up(*topic.open(), 1), ElementsAre(edek(1, 14, 1)));
}

TEST(Tombstone, ByHandCountsInWhateverPartitionAConsoleToolPutIt) {
  KeyTopic topic(3, {});
  const auto store = topic.open();
  create(*store, edek(1, 11));
  topic.append(*edek_key(edek(1, 11)), std::nullopt, 2);
  EXPECT_THAT(await_removed(*store), ElementsAre(RemovedRow{dek(11), holder(1)}));
  EXPECT_THAT(look_up(*store, 1), IsEmpty());
  const auto other = topic.open();
  EXPECT_THAT(removed(*other), ElementsAre(RemovedRow{dek(11), holder(1)}));
  EXPECT_THAT(look_up(*other, 1), IsEmpty());
  const std::vector<ErasedRow> dead = {erased(11)};
  ASSERT_EQ(*other->append_fence(fence(1, 1), dead), Fencing::kAppended);
  EXPECT_THAT(removed(*topic.open()), IsEmpty()) << "it was answered";
  // The row itself lay in partition 0, and is gone from there, too.
  EXPECT_EQ(topic.records().back().value.has_value(), false);
}

TEST(Tombstone, ByHandMayHaveBlanksInItsKey) {
  KeyTopic topic;
  const auto store = topic.open();
  create(*store, edek(1, 11));
  std::string key = *edek_key(edek(1, 11));
  key.insert(1, " ");
  topic.append(key, std::nullopt);
  EXPECT_THAT(removed(*store), ElementsAre(RemovedRow{dek(11), holder(1)}));
}

TEST(Tombstone, OfARowThatCompactionHasTakenIsARequestStill) {
  KeyTopic topic(1, {});
  topic.append(*edek_key(edek(1, 11)), std::nullopt);
  const auto store = topic.open();
  EXPECT_THAT(removed(*store), ElementsAre(RemovedRow{dek(11), holder(1)}));
  EXPECT_EQ(create(*store, edek(1, 12)).outcome, Outcome::kFenceMoved);
  const std::vector<ErasedRow> dead = {erased(11)};
  EXPECT_EQ(*store->append_fence(fence(1, 1), dead), Fencing::kAppended);
}

TEST(Tombstone, IsNoRequestAnyMoreWhenTheRowWasPutBack) {
  KeyTopic topic;
  const auto store = topic.open();
  create(*store, edek(1, 11));
  topic.append(*edek_key(edek(1, 11)), std::nullopt);
  topic.append(*edek_key(edek(1, 11)), edek_value(edek(1, 11)));
  EXPECT_THAT(removed(*store), IsEmpty());
  EXPECT_THAT(look_up(*store, 1), ElementsAre(edek(1, 11)));
}

TEST(Tombstone, OfOurOwnIsNeverReported) {
  KeyTopic topic;
  const auto store = topic.open();
  const auto watching = topic.open();
  create(*store, edek(1, 11));
  create(*store, edek(2, 21));
  const std::vector<ErasedRow> dead = {erased(11)};
  const std::vector<ErasedRow> lost = {erased(21, "lost")};
  ASSERT_EQ(*store->append_fence(fence(1, 1), dead), Fencing::kAppended);
  ASSERT_TRUE(store->bury(lost));
  const auto fresh = topic.open();
  for (KeyStore* view : {store.get(), watching.get(), fresh.get()})
    EXPECT_THAT(removed(*view), IsEmpty());
}

// Somebody deletes the proof of an erasure, so that compaction would forget it.
TEST(Tombstone, OfAFenceOrAnErasedRowIsAnsweredByWritingItAgain) {
  KeyTopic topic;
  const auto store = topic.open();
  create(*store, edek(1, 11));
  const std::vector<ErasedRow> dead = {erased(11)};
  ASSERT_EQ(*store->append_fence(fence(1, 1), dead), Fencing::kAppended);
  topic.append(fence(1, 1).key, std::nullopt);
  topic.append(erased(11).key, std::nullopt);
  const auto last_value = [&](const std::string& key) {
    std::optional<std::string> value;
    for (const auto& record : topic.records())
      if (record.key == key) value = record.value;
    return value;
  };
  for (int i = 0; i < 100 && !(last_value(fence(1, 1).key) && last_value(erased(11).key)); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(last_value(fence(1, 1).key), fence(1, 1).value);
  EXPECT_EQ(last_value(erased(11).key), erased(11).value);
}

}  // namespace
}  // namespace lethe::kms::store
