// SPDX-License-Identifier: Apache-2.0
//
// Topics and records on a real broker for a test, made and read without the connector under test.
// The broker is the one in KAFKA_BOOTSTRAP, else the one that ctest's fixture has started (its
// address lies in the build folder), else one of the program's own. kafka_main.cc says what happens
// without any.

#ifndef LETHE_TESTS_SUPPORT_KAFKA_FIXTURE_H_
#define LETHE_TESTS_SUPPORT_KAFKA_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/testing/owned_record.h"
#include "tests/support/kafka_broker.h"

namespace lethe::testing {

using TopicSettings = std::vector<std::pair<std::string, std::string>>;

class KafkaTopics {
 public:
  explicit KafkaTopics(std::string address) : address_(std::move(address)) {}

  const std::string& address() const noexcept { return address_; }

  // "<prefix>-<something that no other test has>".
  std::string unique(const std::string& prefix) const;
  std::string create(const std::string& prefix, int partitions, const TopicSettings& settings = {});
  // Appends to the partitions that the records name.
  void append(const std::string& topic,
              const std::vector<connectors::testing::OwnedRecord>& records);
  // All committed records, partition by partition, each in order.
  std::vector<connectors::testing::OwnedRecord> read_all(const std::string& topic);
  // Next offset that `group` reads of a partition; -1: none committed.
  std::int64_t committed(const std::string& group, const std::string& topic, int partition);
  int partitions(const std::string& topic);  // 0: there is no such topic

 private:
  std::string address_;
};

// The broker that the whole program shares; null, with the reason, when there is none.
KafkaTopics* shared_kafka(std::string& why_not);

// The same, in a test, where kafka_main.cc has made sure of it.
KafkaTopics& test_kafka();

}  // namespace lethe::testing

#endif  // LETHE_TESTS_SUPPORT_KAFKA_FIXTURE_H_
