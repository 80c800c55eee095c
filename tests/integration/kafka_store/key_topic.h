// SPDX-License-Identifier: Apache-2.0
//
// A key topic for a test: stores opened on it, rows in the form of the specification (their MACs
// are made up, which no store looks at), and what other hands may write to it.

#ifndef LETHE_TESTS_INTEGRATION_KAFKA_STORE_KEY_TOPIC_H_
#define LETHE_TESTS_INTEGRATION_KAFKA_STORE_KEY_TOPIC_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kms/store/kafka_key_store.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::kms::store {

SubjectHash subject(std::uint32_t n);
DekId dek(std::uint32_t n);
EdekRow edek(std::uint32_t subject_no, std::uint32_t dek_no, std::uint64_t fence = 0);
FenceRow fence(std::uint32_t subject_no, std::uint64_t version, const std::string& id = "er-1");
ErasedRow erased(std::uint32_t dek_no, const std::string& why = "erased");
BeaconRow beacon(const std::string& worker, const std::string& value);
// The entry behind `before`; the first, without one.
JournalRow entry(const std::string& event, const JournalRow* before = nullptr);
ControlRow control_row(const std::string& kind, const std::string& value);

class KeyTopic {
 public:
  // Not there yet, or made with other settings than a store would.
  explicit KeyTopic(std::string address = lethe::testing::test_kafka().address());
  KeyTopic(int partitions, const lethe::testing::TopicSettings& settings);

  const std::string& name() const noexcept { return name_; }
  KafkaKeyStore::Options options() const;
  Result<std::unique_ptr<KafkaKeyStore>> try_open() const;
  std::unique_ptr<KafkaKeyStore> open() const;

  // Somebody deletes the topic; a store or a test may make it anew.
  void remove();
  void append(const std::string& key, std::optional<std::string> value, int partition = 0);
  // Appends to partition 0 in a transaction of this id, and leaves it open or aborts it.
  class Transaction;
  std::unique_ptr<Transaction> begin(const std::string& id) const;

  std::vector<connectors::testing::OwnedRecord> records();

 private:
  lethe::testing::KafkaTopics kafka_;
  std::string name_;
};

class KeyTopic::Transaction {
 public:
  virtual ~Transaction() = default;
  virtual void append(const std::string& key, const std::string& value) = 0;
  virtual void abort() = 0;
  virtual bool commit() = 0;
};

}  // namespace lethe::kms::store

#endif  // LETHE_TESTS_INTEGRATION_KAFKA_STORE_KEY_TOPIC_H_
