// SPDX-License-Identifier: Apache-2.0
//
// First starters of a key topic, good ones and broken ones, and what a topic must be.
#include <thread>

#include "gmock/gmock.h"
#include "kms/store/kafka_texts.h"
#include "tests/integration/kafka_store/key_topic.h"

namespace lethe::kms::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<ControlRow> proposal(const std::string& who) {
  return {control_row("store", who), control_row("epoch", who)};
}

TEST(Control, HasOneSetOfRowsAfterEightFirstStarters) {
  KeyTopic topic;
  std::vector<std::unique_ptr<KafkaKeyStore>> stores;
  for (int i = 0; i < 8; ++i) stores.push_back(topic.open());
  std::vector<std::vector<ControlRow>> adopted(stores.size());
  std::vector<std::thread> starters;
  for (std::size_t i = 0; i < stores.size(); ++i)
    starters.emplace_back([&, i] {
      auto rows = stores[i]->adopt_control(proposal(std::to_string(i)));
      ASSERT_TRUE(rows) << rows.error().message();
      adopted[i] = *rows;
    });
  for (std::thread& starter : starters) starter.join();
  EXPECT_EQ(adopted[0].size(), 2u);
  for (const auto& rows : adopted) EXPECT_EQ(rows, adopted[0]);
  EXPECT_EQ(*topic.open()->control(), adopted[0]);
}

TEST(Control, IsNotTouchedByAnAbortedFirstStarter) {
  KeyTopic topic;
  const auto store = topic.open();
  const auto broken = topic.begin("lethe-" + topic.name());
  for (const ControlRow& row : proposal("broken")) broken->append(row.key, row.value);
  broken->abort();
  EXPECT_THAT(*store->control(), IsEmpty());
  EXPECT_EQ(*store->adopt_control(proposal("good")), proposal("good"));
  EXPECT_EQ(*topic.open()->control(), proposal("good"));
}

TEST(Control, IsNotTouchedByAStarterThatWasFencedOffInTheMiddle) {
  KeyTopic topic;
  const auto store = topic.open();
  const auto paused = topic.begin("lethe-" + topic.name());
  for (const ControlRow& row : proposal("paused")) paused->append(row.key, row.value);
  EXPECT_EQ(*store->adopt_control(proposal("good")), proposal("good"));
  EXPECT_FALSE(paused->commit());
  EXPECT_EQ(*store->control(), proposal("good"));
  EXPECT_EQ(*topic.open()->control(), proposal("good"));
}

TEST(Control, IsNotTouchedByALateCopyInAnAbortedTransaction) {
  KeyTopic topic;
  const auto store = topic.open();
  ASSERT_TRUE(store->adopt_control(proposal("good")));
  const auto broken = topic.begin("lethe-" + topic.name());
  for (const ControlRow& row : proposal("broken")) broken->append(row.key, row.value);
  EXPECT_EQ(*topic.open()->control(), proposal("good")) << "while it is open";
  broken->abort();
  EXPECT_EQ(*store->control(), proposal("good"));
  EXPECT_EQ(*topic.open()->control(), proposal("good"));
}

TEST(Control, LetsFencesAndBeaconsBeSeenBehindAnOpenForeignTransaction) {
  KeyTopic topic;
  const auto store = topic.open();
  ASSERT_TRUE(store->adopt_control(proposal("good")));
  const auto stranger = topic.begin("a-stranger-" + topic.name());
  stranger->append(beacon("stranger", "x").key, "x");
  ASSERT_EQ(*store->append_fence(fence(1, 1), {}), Fencing::kAppended);
  ASSERT_TRUE(store->beat(beacon("w", "1"), ""));
  const auto other = topic.open();
  Position position;
  EXPECT_THAT(other->marks_since(position)->fences, ElementsAre(fence(1, 1)));
  EXPECT_EQ(*other->control(), proposal("good"));
}

TEST(Control, IsOnlyReadInAMirror) {
  KeyTopic topic(1, {});
  for (const ControlRow& row : proposal("original")) topic.append(row.key, row.value);
  topic.append(std::string(kClusterKey), cluster_value("another-cluster"));
  const auto store = topic.open();
  EXPECT_EQ(*store->control(), proposal("original"));
  EXPECT_THAT(store->weakness(), HasSubstr("another cluster"));
  const EdekRow row = edek(1, 11);
  for (const auto& error :
       {store->create_all({&row, 1}).error(), store->append_fence(fence(1, 1), {}).error(),
        store->beat(beacon("w", "1"), "").error(), store->append_journal(entry("X")).error()}) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(error.message(), HasSubstr("another cluster"));
  }
}

Error refusal(const KeyTopic& topic) {
  auto store = topic.try_open();
  return store ? internal("it was not refused") : store.error();
}

TEST(KeyTopic, IsNotMadeByALook) {
  const KeyTopic topic;
  EXPECT_EQ(refusal(topic).kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(refusal(topic).message(), HasSubstr("lethe keys init"));
}

TEST(KeyTopic, WithAWrongSettingIsRefusedByName) {
  const auto refused = [](const std::string& setting, const std::string& value) {
    const Error error = refusal(KeyTopic(1, {{setting, value}}));
    EXPECT_EQ(error.kind(), ErrorKind::kBadConfig);
    return error.message();
  };
  EXPECT_THAT(refused("cleanup.policy", "compact,delete"),
              AllOf(HasSubstr("cleanup.policy=compact,delete"), HasSubstr("must have compact")));
  EXPECT_THAT(refused("unclean.leader.election.enable", "true"),
              HasSubstr("unclean.leader.election.enable=true"));
  EXPECT_THAT(refused("delete.retention.ms", "86400000"),
              AllOf(HasSubstr("delete.retention.ms=86400000"), HasSubstr("at least 604800000")));
  EXPECT_THAT(refused("segment.ms", "60001"), HasSubstr("at most 60000"));
  EXPECT_THAT(refused("max.compaction.lag.ms", "3600000"), HasSubstr("max.compaction.lag.ms"));
}

TEST(KeyTopic, OfAnotherProductIsRefused) {
  KeyTopic topic(1, {});
  topic.append("order-17", "{\"total\":3}");
  EXPECT_EQ(refusal(topic).kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(refusal(topic).message(), HasSubstr("not of a key store"));
}

TEST(KeyTopic, WithFewReplicasIsAWeaknessThatIsTold) {
  KeyTopic topic;
  EXPECT_THAT(topic.open()->weakness(), HasSubstr("1 replicas"));
}

TEST(KeyTopic, TakesNoClientPropertyByWhichTruthIsRead) {
  KeyTopic topic;
  for (const char* ours : {"isolation.level", "client.rack", "auto.offset.reset",
                           "message.timeout.ms", "enable.idempotence"}) {
    auto options = topic.options();
    options.client.properties = {{ours, "x"}};
    const auto store = KafkaKeyStore::make(std::move(options));
    ASSERT_FALSE(store) << ours;
    EXPECT_THAT(store.error().message(), HasSubstr(ours));
  }
}

}  // namespace
}  // namespace lethe::kms::store
