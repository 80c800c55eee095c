// SPDX-License-Identifier: Apache-2.0
//
// Several members of one group: partitions move between them in mid-stream and nothing is lost, and
// since each drains and commits before it lets go, nothing comes twice either.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "connectors/testing/owned_record.h"
#include "tests/integration/kafka/copier.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::connectors::testing {
namespace {

using lethe::testing::test_kafka;

constexpr int kPartitions = 4;

// One task: its own consumer and producer, on its own thread, until it is stopped.
class Task {
 public:
  Task(const std::string& from, const std::string& to, const std::string& group)
      : copy_(*kafka::make_source({.client = {.brokers = test_kafka().address(),
                                              .properties = {{"heartbeat.interval.ms", "300"}}},
                                   .topics = {from},
                                   .group = group,
                                   .batch_records = 50}),
              *kafka::make_sink({.client = {.brokers = test_kafka().address()}, .topic = to})),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  std::size_t confirmed() const { return confirmed_; }
  std::size_t rebalances() const { return rebalances_; }
  void stop() {
    thread_.request_stop();
    thread_.join();
  }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto turned = copy_.turn();
      EXPECT_TRUE(turned) << turned.error().message();
      if (!turned) return;
      confirmed_ = copy_.confirmed();
      rebalances_ = copy_.rebalances();
    }
    const auto finished = copy_.finish();
    EXPECT_TRUE(finished) << finished.error().message();
    confirmed_ = copy_.confirmed();
  }

  Copier copy_;
  std::atomic<std::size_t> confirmed_{0};
  std::atomic<std::size_t> rebalances_{0};
  std::jthread thread_;
};

// A topic that grows by consecutive numbers, dealt out to its partitions.
class Growing {
 public:
  // Until the condition holds; false after a minute.
  template <class Condition>
  bool feed_until(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition() && std::chrono::steady_clock::now() < until) {
      std::vector<OwnedRecord> records;
      for (int i = 0; i < 400; ++i, ++count_) {
        records.push_back(
            {"", count_ % kPartitions, -1, 1, std::nullopt, std::to_string(count_), {}});
      }
      test_kafka().append(topic, records);
    }
    return condition();
  }
  std::size_t count() const { return static_cast<std::size_t>(count_); }

  const std::string topic = test_kafka().create("in", kPartitions);

 private:
  int count_ = 0;
};

TEST(KafkaGroup, HandsPartitionsOverInMidStreamWithoutLossOrRepetition) {
  Growing in;
  const std::string to = test_kafka().create("out", kPartitions);
  const std::string group = test_kafka().unique("group");
  Task first(in.topic, to, group);
  ASSERT_TRUE(in.feed_until([&] { return first.confirmed() > 1000; }));
  Task second(in.topic, to, group);
  ASSERT_TRUE(in.feed_until([&] { return second.confirmed() > 1000; }));
  EXPECT_GE(first.rebalances(), 1u);
  first.stop();  // its partitions go to the second, in mid-stream
  const std::size_t before = second.rebalances();
  ASSERT_TRUE(in.feed_until([&] { return second.rebalances() > before; }));
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (first.confirmed() + second.confirmed() < in.count() &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  second.stop();

  std::map<std::int32_t, int> last;
  std::size_t n = 0;
  for (const OwnedRecord& record : test_kafka().read_all(to)) {
    const int i = std::stoi(*record.value);
    const auto before_it = last.find(record.partition);
    // Each partition holds its own numbers, one after the other.
    EXPECT_EQ(i, before_it == last.end() ? record.partition : before_it->second + kPartitions);
    last[record.partition] = i;
    ++n;
  }
  EXPECT_EQ(n, in.count());
}

}  // namespace
}  // namespace lethe::connectors::testing
