// SPDX-License-Identifier: Apache-2.0
//
// The erasure inbox on real topics: from a request to its last acknowledgement, over restarts, with
// several workers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "connectors/kafka/group_cursor.h"
#include "json/json.h"
#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/memory_key_store.h"
#include "tests/support/kafka_fixture.h"
#include "tests/support/kms/fake_erasures.h"
#include "tests/support/kms/sessions.h"
#include "tests/unit/worker/inbox/journal_on_memory.h"
#include "tests/unit/worker/log/recording_log.h"
#include "worker/wiring_inbox.h"

namespace lethe::worker {
namespace {

using connectors::testing::OwnedRecord;
using kms::erasure::Stage;
using lethe::testing::KafkaTopics;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::chrono::seconds kPatience{60};

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

// An inbox that runs on a thread of its own until it is destroyed.
class RunningInbox {
 public:
  RunningInbox(const config::WorkerConfig& worker, kms::erasure::Erasures& erasures,
               kms::journal::Journal& journal, log::Log& log)
      : inbox_(*make_inbox(worker, erasures, journal, log, clock_)),
        thread_([this](const std::stop_token& stop) { inbox_->run(stop); }) {}

 private:
  pipeline::SystemClock clock_;
  std::unique_ptr<inbox::Inbox> inbox_;
  std::jthread thread_;
};

class KafkaInboxTest : public ::testing::Test {
 protected:
  KafkaInboxTest() : kafka_(lethe::testing::test_kafka()) {
    config::ErasureConfig erasure;
    erasure.brokers = kafka_.address();
    erasure.group = kafka_.unique("inbox");
    erasure.topic = kafka_.create("requests", 2);
    erasure.acknowledgements = kafka_.create("acks", 2);
    erasure.dead_letter = kafka_.create("letters", 1);
    erasure.events = kafka_.create("erased", 2);
    erasure.subjects = {*config::NameTemplate::parse("user-{{id}}"),
                        *config::NameTemplate::parse("billing-{{id}}")};
    worker_.erasure = std::move(erasure);
  }

  const config::ErasureConfig& erasure() const { return *worker_.erasure; }
  void ask(const std::string& json, int partition = 0) {
    kafka_.append(erasure().topic, {{erasure().topic, partition, -1, -1, {}, json, {}}});
  }
  // "<id> <stage>" of every record of a topic.
  std::vector<std::string> stages(const std::string& topic, const std::string& id) {
    std::vector<std::string> all;
    for (const OwnedRecord& record : kafka_.read_all(topic)) {
      const auto value = json::parse(*record.value);
      all.push_back(*value->find(id)->string() + " " + *value->find("stage")->string());
    }
    return all;
  }
  std::vector<std::string> acknowledged() {
    return stages(erasure().acknowledgements, "request_id");
  }
  std::vector<std::string> told() { return stages(erasure().events, "erasure_id"); }

  KafkaTopics& kafka_;
  config::WorkerConfig worker_;
  log::RecordingLog log_;
  inbox::JournalOnMemory journal_;
  kms::erasure::FakeErasures erasures_{*journal_};
};

TEST_F(KafkaInboxTest, ARequestIsAcknowledgedAtEachLevelAndTold) {
  const RunningInbox inbox(worker_, erasures_, *journal_, log_);
  ask(R"({"id":"r","parameters":{"id":"4711"}})");
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 1; })) << log_.all();
  erasures_.reach(Stage::kEffective);
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 2; })) << log_.all();
  erasures_.reach(Stage::kRemoved);
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 3 && told().size() == 4; }))
      << log_.all();
  EXPECT_THAT(acknowledged(), ElementsAre("r fenced", "r effective", "r removed"));
  EXPECT_THAT(told(),
              UnorderedElementsAre("r-1 effective", "r-2 effective", "r-1 removed", "r-2 removed"));
  EXPECT_THAT(erasures_.erased(), ElementsAre("user-4711", "billing-4711"));
}

TEST_F(KafkaInboxTest, ABadRequestIsDeadLetteredAndHoldsUpNobody) {
  const RunningInbox inbox(worker_, erasures_, *journal_, log_);
  ask(R"({"id":"r-1","subject":"secret-name","oops":1})");
  ask(R"({"id":"r-2","subject":"ann"})");
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 1; })) << log_.all();
  const auto letters = kafka_.read_all(erasure().dead_letter);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_THAT(*letters[0].value, HasSubstr(R"("partition":0,"offset":0)"));
  EXPECT_THAT(*letters[0].value, Not(HasSubstr("secret")));
  EXPECT_TRUE(
      eventually([&] { return kafka_.committed(erasure().group, erasure().topic, 0) == 2; }));
}

TEST_F(KafkaInboxTest, OverRestartsEveryRequestIsErasedOnceAndFollowedToItsEnd) {
  ask(R"({"id":"before","subject":"ann"})");
  {
    const RunningInbox first(worker_, erasures_, *journal_, log_);
    ASSERT_TRUE(eventually([&] { return acknowledged().size() == 1; })) << log_.all();
  }
  erasures_.reach(Stage::kEffective);
  ask(R"({"id":"meanwhile","subject":"bob"})", 1);
  {
    const RunningInbox second(worker_, erasures_, *journal_, log_);
    ASSERT_TRUE(eventually([&] { return acknowledged().size() == 3; })) << log_.all();
  }
  erasures_.reach(Stage::kRemoved);
  const RunningInbox third(worker_, erasures_, *journal_, log_);
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 5 && told().size() >= 3; }))
      << log_.all();
  EXPECT_THAT(acknowledged(),
              UnorderedElementsAre("before fenced", "before effective", "before removed",
                                   "meanwhile fenced", "meanwhile removed"));
  EXPECT_THAT(erasures_.erased(), UnorderedElementsAre("ann", "bob"));
  EXPECT_THAT(told(), UnorderedElementsAre("before-1 effective", "before-1 removed",
                                           "meanwhile-1 removed"));
}

TEST_F(KafkaInboxTest, OfTwoWorkersOneTellsAndTheOtherTakesOver) {
  auto first = std::make_unique<RunningInbox>(worker_, erasures_, *journal_, log_);
  const RunningInbox second(worker_, erasures_, *journal_, log_);
  for (int i = 0; i < 10; ++i)
    ask(R"({"id":"r)" + std::to_string(i) + R"(","subject":"s)" + std::to_string(i) + "\"}", i % 2);
  ASSERT_TRUE(eventually([&] { return erasures_.erased().size() == 10; })) << log_.all();
  erasures_.reach(Stage::kEffective);
  ASSERT_TRUE(eventually([&] { return told().size() >= 10; })) << log_.all();
  EXPECT_EQ(told().size(), 10U);
  first.reset();
  erasures_.reach(Stage::kRemoved);
  ASSERT_TRUE(eventually([&] { return told().size() >= 20; })) << log_.all();
  EXPECT_EQ(told().size(), 20U);
  EXPECT_EQ(erasures_.erased().size(), 10U);
}

TEST_F(KafkaInboxTest, TheGatewaysOwnErasuresGoTheWholeWay) {
  const lethe::testing::TempDir dir;
  kms::GatewayKms::Options options;
  options.create = true;
  options.leasing = kms::Leasing::kKept;
  options.lease = std::chrono::milliseconds(2000);
  auto gateway = kms::GatewayKms::make(
      std::make_unique<kms::store::MemoryKeyStore>(),
      *kms::root::LocalFileRoot::make("file-kms://" + dir.path("root.key"), {.create = true}),
      options);
  ASSERT_TRUE(gateway) << gateway.error().message();
  kms::GatewayKms& kms = **gateway;
  const auto session = kms.session();
  auto key = kms::sealing_key("user-4711");
  ASSERT_TRUE(session->for_sealing({&key, sizeof key, 1}, kms::ErasedPolicy::kBlock));
  ASSERT_EQ(key.state, LETHE_KEY_AVAILABLE);

  const RunningInbox inbox(worker_, kms.erasures(), kms.journal(), log_);
  ask(R"({"id":"r","parameters":{"id":"4711"},"actor":"user:dpo"})");
  ASSERT_TRUE(eventually([&] {
    const auto all = acknowledged();
    return std::find(all.begin(), all.end(), "r removed") != all.end();
  })) << log_.all();
  const auto first = json::parse(*kafka_.read_all(erasure().acknowledgements).front().value);
  const json::Array& erasures = *first->find("erasures")->array();
  ASSERT_EQ(erasures.size(), 2U);
  EXPECT_EQ(*erasures[0].find("erasure_id")->string(), "r-1");
  EXPECT_EQ(erasures[0].find("salt")->string()->size(), 64U);
  EXPECT_EQ(*erasures[1].find("error")->find("kind")->string(), "unknown_key");
  ASSERT_TRUE(eventually([&] { return told().size() >= 2; })) << log_.all();
  EXPECT_THAT(told(), IsSupersetOf({"r-1 effective", "r-1 removed"}));
  EXPECT_TRUE(kms.erasures().certificate("r-1"));
}

TEST_F(KafkaInboxTest, TopicsThatAreMissingAreMadeOnRequest) {
  worker_.erasure->acknowledgements = kafka_.unique("made-acks");
  worker_.erasure->dead_letter = kafka_.unique("made-letters");
  worker_.erasure->create_topics = true;
  const RunningInbox inbox(worker_, erasures_, *journal_, log_);
  ask(R"({"id":"r","subject":"ann"})");
  ASSERT_TRUE(eventually([&] { return kafka_.partitions(erasure().acknowledgements) > 0; }))
      << log_.all();
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 1; })) << log_.all();
  erasures_.reach(Stage::kRemoved);
  ASSERT_TRUE(eventually([&] { return acknowledged().size() == 2; })) << log_.all();
}

// ---- the position that workers share

class GroupCursorTest : public ::testing::Test {
 protected:
  std::unique_ptr<connectors::SharedCursor> cursor() {
    const connectors::kafka::Properties impatient = {{"session.timeout.ms", "6000"},
                                                     {"max.poll.interval.ms", "6000"}};
    return *connectors::kafka::make_group_cursor({{kafka_.address(), impatient}, topic_, group_});
  }
  static bool holds(connectors::SharedCursor& cursor, std::uint64_t position) {
    return eventually([&] {
      const auto held = cursor.held();
      return held && *held == position;
    });
  }

  KafkaTopics& kafka_ = lethe::testing::test_kafka();
  const std::string topic_ = kafka_.create("cursor", 3);
  const std::string group_ = kafka_.unique("cursor");
};

TEST_F(GroupCursorTest, OneHoldsItAndTheNextGoesOnWhereItWas) {
  const auto first = cursor();
  ASSERT_TRUE(holds(*first, 0));
  ASSERT_TRUE(first->move(4711));
  ASSERT_TRUE(first->move(4712));
  ASSERT_TRUE(first->close());
  const auto second = cursor();
  EXPECT_TRUE(holds(*second, 4712));
}

TEST_F(GroupCursorTest, WhoWakesLateMovesNothing) {
  const auto sleeper = cursor();
  ASSERT_TRUE(holds(*sleeper, 0));
  ASSERT_TRUE(sleeper->move(1));
  // It does not look again for longer than the group allows, and believes that it still holds it.
  const auto next = cursor();
  ASSERT_TRUE(holds(*next, 1));
  EXPECT_FALSE(sleeper->move(99));
  ASSERT_TRUE(next->move(2));
  EXPECT_EQ(*next->held(), 2U);
}

}  // namespace
}  // namespace lethe::worker
