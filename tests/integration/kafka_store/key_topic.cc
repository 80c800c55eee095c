// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka_store/key_topic.h"

#include <librdkafka/rdkafka.h>

#include <stdexcept>
#include <utility>

#include "json/canonical.h"
#include "json/json.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/edek.h"
#include "kms/hex.h"
#include "kms/store/kafka_texts.h"

namespace lethe::kms::store {
namespace {

constexpr int kTimeoutMs = 20'000;

template <class IdType>
IdType id_of(std::string text) {
  IdType id;
  const auto digest =
      crypto::sha256({{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}});
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

std::string text_of(const json::Value& value) {
  return json::canonical(value).value();
}

class OpenTransaction final : public KeyTopic::Transaction {
 public:
  OpenTransaction(const std::string& address, std::string topic, const std::string& id)
      : topic_(std::move(topic)) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char text[256];
    rd_kafka_conf_set(conf, "bootstrap.servers", address.c_str(), text, sizeof text);
    rd_kafka_conf_set(conf, "transactional.id", id.c_str(), text, sizeof text);
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    require(rd_kafka_init_transactions(client_, kTimeoutMs));
    require(rd_kafka_begin_transaction(client_));
  }
  ~OpenTransaction() override {
    rd_kafka_purge(client_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(client_);
  }
  void append(const std::string& key, const std::string& value) override {
    rd_kafka_producev(client_, RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                      RD_KAFKA_V_KEY(const_cast<char*>(key.data()), key.size()),
                      RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                      RD_KAFKA_V_END);
    if (rd_kafka_flush(client_, kTimeoutMs) != 0) throw std::runtime_error("not delivered");
  }
  void abort() override { require(rd_kafka_abort_transaction(client_, kTimeoutMs)); }
  bool commit() override {
    rd_kafka_error_t* error = rd_kafka_commit_transaction(client_, kTimeoutMs);
    const bool done = error == nullptr;
    if (error != nullptr) rd_kafka_error_destroy(error);
    return done;
  }

 private:
  static void require(rd_kafka_error_t* error) {
    if (error == nullptr) return;
    const std::string text = rd_kafka_error_string(error);
    rd_kafka_error_destroy(error);
    throw std::runtime_error(text);
  }

  std::string topic_;
  rd_kafka_t* client_ = nullptr;
};

}  // namespace

SubjectHash subject(std::uint32_t n) {
  return id_of<SubjectHash>("subject " + std::to_string(n));
}

DekId dek(std::uint32_t n) {
  return id_of<DekId>("dek " + std::to_string(n));
}

EdekRow edek(std::uint32_t subject_no, std::uint32_t dek_no, std::uint64_t fence) {
  crypto::EdekRecord record;
  record.kek_gen = 1;
  record.fence_ver = fence;
  record.dek_id = dek(dek_no).bytes;
  record.subject_hash = subject(subject_no).bytes;
  record.tenant = "test";
  record.created_by = "worker-1";
  record.created_at_ms = 1795363200000 + dek_no;
  EdekRow row;
  row.subject = subject(subject_no);
  row.dek_id = dek(dek_no);
  row.suite = record.suite;
  row.fence_version = fence;
  row.record = crypto::encode_edek(record);
  return row;
}

FenceRow fence(std::uint32_t subject_no, std::uint64_t version, const std::string& id) {
  json::Value key;
  key.set("fence", "h:" + to_hex(subject(subject_no).bytes)).set("v", version);
  json::Value value;
  value.set("dek_ids", json::Array{}).set("erasure_id", id).set("mac", "00");
  return {subject(subject_no), version, text_of(key), text_of(value)};
}

ErasedRow erased(std::uint32_t dek_no, const std::string& why) {
  json::Value key;
  key.set("erased", to_uuid(dek(dek_no)));
  json::Value value;
  value.set("fence", 1).set("mac", "00").set("why", why);
  return {dek(dek_no), text_of(key), text_of(value)};
}

BeaconRow beacon(const std::string& worker, const std::string& value) {
  json::Value key;
  key.set("beacon", worker);
  return {worker, text_of(key), value};
}

JournalRow entry(const std::string& event, const JournalRow* before) {
  const std::uint64_t seq = before == nullptr ? 1 : before->seq + 1;
  json::Value line;
  line.set("event", event).set("seq", seq);
  line.set("prev", before == nullptr ? no_journal_hash() : journal_hash(before->value));
  json::Value key;
  key.set("id", journal_hash(text_of(line))).set("journal", seq);
  return {seq, text_of(key), text_of(line)};
}

ControlRow control_row(const std::string& kind, const std::string& value) {
  json::Value key;
  key.set("control", kind);
  return {text_of(key), value};
}

KeyTopic::KeyTopic(std::string address)
    : kafka_(std::move(address)), name_(kafka_.unique("keys")) {}

KeyTopic::KeyTopic(int partitions, const lethe::testing::TopicSettings& settings)
    : kafka_(lethe::testing::test_kafka().address()) {
  lethe::testing::TopicSettings all = {{"cleanup.policy", "compact"},
                                       {"segment.ms", "60000"},
                                       {"max.compaction.lag.ms", "60000"},
                                       {"delete.retention.ms", "604800000"},
                                       {"unclean.leader.election.enable", "false"}};
  all.insert(all.end(), settings.begin(), settings.end());  // the last one of a name counts
  name_ = kafka_.create("keys", partitions, all);
}

KafkaKeyStore::Options KeyTopic::options() const {
  KafkaKeyStore::Options options;
  options.client.brokers = kafka_.address();
  options.topic = name_;
  return options;
}

Result<std::unique_ptr<KafkaKeyStore>> KeyTopic::try_open() const {
  return KafkaKeyStore::make(options());
}

std::unique_ptr<KafkaKeyStore> KeyTopic::open() const {
  KafkaKeyStore::Options with_topic = options();
  with_topic.create = true;
  auto store = KafkaKeyStore::make(std::move(with_topic));
  if (!store) throw std::runtime_error(store.error().message());
  return std::move(*store);
}

void KeyTopic::remove() {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char text[256];
  rd_kafka_conf_set(conf, "bootstrap.servers", kafka_.address().c_str(), text, sizeof text);
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name_.c_str());
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
  rd_kafka_DeleteTopics(client, &topic, 1, nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kTimeoutMs);
  if (event == nullptr) throw std::runtime_error("the topic was not deleted");
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_DeleteTopic_destroy(topic);
  rd_kafka_destroy(client);
}

void KeyTopic::append(const std::string& key, std::optional<std::string> value, int partition) {
  kafka_.append(name_, {{name_, partition, -1, -1, key, std::move(value), {}}});
}

std::unique_ptr<KeyTopic::Transaction> KeyTopic::begin(const std::string& id) const {
  return std::make_unique<OpenTransaction>(kafka_.address(), name_, id);
}

std::vector<connectors::testing::OwnedRecord> KeyTopic::records() {
  return kafka_.read_all(name_);
}

}  // namespace lethe::kms::store
