// SPDX-License-Identifier: Apache-2.0
//
// L1 on a topic: a key that was erased is gone once compaction has run, and not before.
#include <chrono>
#include <thread>

#include "gmock/gmock.h"
#include "kms/store/kafka_texts.h"
#include "tests/integration/kafka_store/key_topic.h"

namespace lethe::kms::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool gone(KeyStore& store, std::uint32_t n) {
  const DekId id = dek(n);
  const auto answer = store.gone({&id, 1});
  EXPECT_TRUE(answer) << answer.error().message();
  return answer && *answer;
}

void shred(KeyStore& store, std::uint32_t subject_no, std::uint32_t dek_no) {
  const std::vector<ErasedRow> dead = {erased(dek_no)};
  ASSERT_EQ(*store.append_fence(fence(subject_no, 1), dead), Fencing::kAppended);
}

void create(KeyStore& store, const EdekRow& row) {
  ASSERT_EQ(store.create_all({&row, 1})->front().outcome, Birth::Outcome::kCreated);
}

bool holds_value_of(KeyTopic& topic, std::uint32_t n) {
  const std::string value = edek_value(edek(n, n));
  for (const auto& record : topic.records())
    if (record.value == value) return true;
  return false;
}

TEST(Removal, AnErasedKeyThatReadersFromTheBeginningStillMeetIsNotGone) {
  KeyTopic topic;
  const auto store = topic.open();
  create(*store, edek(1, 1));
  EXPECT_FALSE(gone(*store, 1));
  shred(*store, 1, 1);
  EXPECT_TRUE(store->look_up_by_id(std::vector{dek(1)})->empty());
  const auto until = std::chrono::steady_clock::now() + seconds(5);
  while (std::chrono::steady_clock::now() < until) {
    EXPECT_FALSE(gone(*store, 1));  // segments roll after a minute
    std::this_thread::sleep_for(milliseconds(100));
  }
}

TEST(Removal, AnErasedKeyIsGoneOnceItsTopicIsCompacted) {
  KeyTopic topic(1, {{"cleanup.policy", "compact"},
                     {"unclean.leader.election.enable", "false"},
                     {"segment.ms", "1000"},
                     {"max.compaction.lag.ms", "1000"},
                     {"delete.retention.ms", "604800000"}});
  const auto store = topic.open();
  create(*store, edek(1, 1));
  create(*store, edek(2, 2));
  shred(*store, 1, 1);
  EXPECT_FALSE(gone(*store, 1));
  const auto until = std::chrono::steady_clock::now() + seconds(90);
  for (int i = 0; !gone(*store, 1); ++i) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    ASSERT_TRUE(store->beat(beacon("w", std::to_string(i)), ""));  // later writes let segments roll
    std::this_thread::sleep_for(milliseconds(300));
  }
  EXPECT_FALSE(holds_value_of(topic, 1));
  EXPECT_TRUE(holds_value_of(topic, 2));
  EXPECT_FALSE(gone(*store, 2));
}

TEST(Removal, OneReplicaIsACaveat) {
  KeyTopic topic;
  EXPECT_THAT(topic.open()->caveats(), ElementsAre(HasSubstr("min.insync.replicas=1")));
}

}  // namespace
}  // namespace lethe::kms::store
