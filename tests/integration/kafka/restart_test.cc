// SPDX-License-Identifier: Apache-2.0
//
// The broker dies, hangs and comes back in mid-stream: every record arrives, in order but for
// repeated runs, as at-least-once allows.

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "connectors/testing/owned_record.h"
#include "tests/integration/kafka/copier.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::connectors::testing {
namespace {

using lethe::testing::KafkaBroker;
using lethe::testing::KafkaTopics;

constexpr int kRecords = 30'000;

// Of this program alone: killing the shared one would hurt others. Null, with the reason, without
// one.
KafkaBroker* own_broker(std::string& why_not) {
  static const std::unique_ptr<KafkaBroker> own = KafkaBroker::start(why_not);
  return own.get();
}

class KafkaRestart : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why_not;
    broker_ = own_broker(why_not);
    if (broker_ == nullptr) {
      const char* required = std::getenv("LETHE_REQUIRE_SERVERS");
      if (required != nullptr && std::string(required) == "1") FAIL() << why_not;
      GTEST_SKIP() << why_not;
    }
    topics_ = std::make_unique<KafkaTopics>(broker_->address());
    from_ = topics_->create("in", 1);
    to_ = topics_->create("out", 1);
    std::vector<OwnedRecord> records;
    for (int i = 0; i < kRecords; ++i) {
      records.push_back({"", 0, -1, 1, "k", std::to_string(i), {}});
    }
    topics_->append(from_, records);
  }

  KafkaBroker& broker() { return *broker_; }

  std::unique_ptr<Copier> copier(kafka::Properties producer = {}) {
    return std::make_unique<Copier>(
        *kafka::make_source({.client = {.brokers = broker().address()},
                             .topics = {from_},
                             .group = topics_->unique("restart"),
                             .batch_records = 100}),
        *kafka::make_sink(
            {.client = {.brokers = broker().address(), .properties = std::move(producer)},
             .topic = to_}));
  }

  // Each number is there; a number goes back only to one that was there before.
  void expect_everything_in_order() {
    std::set<int> seen;
    int last = -1;
    for (const OwnedRecord& record : topics_->read_all(to_)) {
      const int i = std::stoi(*record.value);
      EXPECT_TRUE(i == last + 1 || seen.count(i) == 1) << i << " after " << last;
      seen.insert(i);
      last = i;
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kRecords));
    EXPECT_EQ(last, kRecords - 1);
  }

  KafkaBroker* broker_ = nullptr;
  std::unique_ptr<KafkaTopics> topics_;
  std::string from_;
  std::string to_;
};

TEST_F(KafkaRestart, ACrashOfTheBrokerLosesNothing) {
  const auto copy = copier();
  ASSERT_TRUE(copy->copy(5000));
  broker().crash();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(copy->turn());
  broker().restart();
  const auto copied = copy->copy(kRecords);
  ASSERT_TRUE(copied) << copied.error().message();
  ASSERT_TRUE(copy->finish());
  expect_everything_in_order();
}

TEST_F(KafkaRestart, AnOutageLongerThanDeliveriesMayTakeIsRepeatedFromTheLastCommit) {
  const auto copy = copier({{"message.timeout.ms", "1500"}});
  ASSERT_TRUE(copy->copy(2000));
  broker().pause();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(4);
  while (std::chrono::steady_clock::now() < until) ASSERT_TRUE(copy->turn());
  broker().resume();
  const auto copied = copy->copy(kRecords);
  ASSERT_TRUE(copied) << copied.error().message();
  ASSERT_TRUE(copy->finish());
  EXPECT_GE(copy->recoveries(), 1u);
  expect_everything_in_order();
}

TEST_F(KafkaRestart, AbandonsAtOnceWhileTheBrokerHangs) {
  const auto copy = copier();
  ASSERT_TRUE(copy->copy(1000));
  broker().pause();
  std::vector<OwnedRecord> records(500, OwnedRecord{from_, 0, 0, 1, "k", "0", {}});
  ASSERT_TRUE(copy->sink().write(batch_of(records, 1'000'000)));
  const auto drained = copy->sink().drain(std::chrono::milliseconds(100));
  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().kind(), ErrorKind::kTransient);
  const auto before = std::chrono::steady_clock::now();
  const std::vector<Batch> handed_back = copy->sink().abandon();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
  EXPECT_GE(handed_back.size(), 1u);
  EXPECT_EQ(copy->sink().in_flight_bytes(), 0u);
  broker().resume();
}

}  // namespace
}  // namespace lethe::connectors::testing
