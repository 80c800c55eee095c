// SPDX-License-Identifier: Apache-2.0

#include "tests/support/kafka_fixture.h"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace lethe::testing {
namespace {

using connectors::testing::OwnedRecord;

constexpr int kTimeoutMs = 20'000;

[[noreturn]] void fail(const std::string& what, rd_kafka_resp_err_t code) {
  throw std::runtime_error("test broker: " + what + ": " + rd_kafka_err2str(code));
}

void require(const std::string& what, rd_kafka_resp_err_t code) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) fail(what, code);
}

using Properties = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(rd_kafka_type_t type,
                                                          Properties properties,
                                                          const std::string& address) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  properties.emplace_back("bootstrap.servers", address);
  char text[256];
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text, sizeof text) != 0) {
      throw std::runtime_error(text);
    }
  }
  rd_kafka_t* made = rd_kafka_new(type, conf, text, sizeof text);
  if (made == nullptr) throw std::runtime_error(text);
  return {made, rd_kafka_destroy};
}

OwnedRecord own(const rd_kafka_message_t& message, const std::string& topic) {
  const auto text = [](const void* data, std::size_t size) -> std::optional<std::string> {
    if (data == nullptr) return std::nullopt;
    return std::string(static_cast<const char*>(data), size);
  };
  rd_kafka_timestamp_type_t type;
  OwnedRecord record{topic,
                     message.partition,
                     message.offset,
                     rd_kafka_message_timestamp(&message, &type),
                     text(message.key, message.key_len),
                     text(message.payload, message.len),
                     {}};
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
    record.headers.emplace_back(name, text(value, size));
  }
  return record;
}

void send(rd_kafka_t* producer, const std::string& topic, const OwnedRecord& record) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()),
                        value ? value->data() : nullptr,
                        value ? static_cast<ssize_t>(value->size()) : 0);
  }
  void* value = record.value ? const_cast<char*>(record.value->data()) : nullptr;
  const std::size_t value_size = record.value ? record.value->size() : 0;
  const void* key = record.key ? record.key->data() : nullptr;
  const std::size_t key_size = record.key ? record.key->size() : 0;
  for (;;) {
    const auto code = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(record.partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(value, value_size),
        RD_KAFKA_V_KEY(key, key_size),
        RD_KAFKA_V_TIMESTAMP(record.timestamp_ms < 0 ? 0 : record.timestamp_ms),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) fail("append to " + topic, code);
    rd_kafka_poll(producer, 20);
  }
}

std::string address_from_ctest() {
  std::string address;
  std::getline(std::ifstream(LETHE_BINARY_DIR "/kafka-for-tests/address"), address);
  return address;
}

}  // namespace

std::string KafkaTopics::unique(const std::string& prefix) const {
  static std::atomic<int> count{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return prefix + "-" + std::to_string(::getpid()) + "-" +
         std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + "-" +
         std::to_string(++count);
}

std::string KafkaTopics::create(const std::string& prefix, int partitions,
                                const TopicSettings& settings) {
  const std::string name = unique(prefix);
  const auto admin = client(RD_KAFKA_PRODUCER, {}, address_);
  char text[256];
  rd_kafka_NewTopic_t* topic =
      rd_kafka_NewTopic_new(name.c_str(), partitions, 1, text, sizeof text);
  // Records of a test may be dated 1970: they are to stay.
  rd_kafka_NewTopic_set_config(topic, "retention.ms", "-1");
  for (const auto& [key, value] : settings) {
    rd_kafka_NewTopic_set_config(topic, key.c_str(), value.c_str());
  }
  rd_kafka_queue_t* queue = rd_kafka_queue_new(admin.get());
  rd_kafka_CreateTopics(admin.get(), &topic, 1, nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kTimeoutMs);
  rd_kafka_NewTopic_destroy(topic);
  if (event == nullptr) fail("create " + name, RD_KAFKA_RESP_ERR__TIMED_OUT);
  require("create " + name, rd_kafka_event_error(event));
  std::size_t n = 0;
  const auto* topics =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
  require("create " + name, rd_kafka_topic_result_error(topics[0]));
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  while (this->partitions(name) != partitions) ::usleep(20'000);
  return name;
}

void KafkaTopics::append(const std::string& topic, const std::vector<OwnedRecord>& records) {
  const auto producer = client(RD_KAFKA_PRODUCER, {{"linger.ms", "1"}, {"acks", "all"}}, address_);
  for (const OwnedRecord& record : records) send(producer.get(), topic, record);
  require("append to " + topic, rd_kafka_flush(producer.get(), kTimeoutMs));
}

std::vector<OwnedRecord> KafkaTopics::read_all(const std::string& topic) {
  const auto consumer = client(RD_KAFKA_CONSUMER,
                               {{"group.id", "reader"},
                                {"enable.auto.commit", "false"},
                                {"enable.partition.eof", "true"},
                                {"isolation.level", "read_committed"}},
                               address_);
  const int n = partitions(topic);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(n);
  for (int i = 0; i < n; ++i) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  require("assign " + topic, rd_kafka_assign(consumer.get(), list));
  rd_kafka_topic_partition_list_destroy(list);
  std::vector<std::vector<OwnedRecord>> by_partition(static_cast<std::size_t>(n));
  for (int ended = 0; ended < n;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.get(), kTimeoutMs);
    if (message == nullptr) fail("read " + topic, RD_KAFKA_RESP_ERR__TIMED_OUT);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      ++ended;
    } else {
      require("read " + topic, message->err);
      by_partition[static_cast<std::size_t>(message->partition)].push_back(own(*message, topic));
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(consumer.get());
  std::vector<OwnedRecord> all;
  for (auto& records : by_partition) {
    all.insert(all.end(), std::make_move_iterator(records.begin()),
               std::make_move_iterator(records.end()));
  }
  return all;
}

std::int64_t KafkaTopics::committed(const std::string& group, const std::string& topic,
                                    int partition) {
  const auto consumer = client(RD_KAFKA_CONSUMER, {{"group.id", group}}, address_);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition);
  require("committed offsets of " + group, rd_kafka_committed(consumer.get(), list, kTimeoutMs));
  const std::int64_t offset = list->elems[0].offset;
  rd_kafka_topic_partition_list_destroy(list);
  return offset < 0 ? -1 : offset;
}

int KafkaTopics::partitions(const std::string& topic) {
  const auto admin = client(RD_KAFKA_PRODUCER, {{"allow.auto.create.topics", "false"}}, address_);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(admin.get(), topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  require("look up " + topic, rd_kafka_metadata(admin.get(), 0, handle, &metadata, kTimeoutMs));
  const int n = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(handle);
  return n;
}

KafkaTopics* shared_kafka(std::string& why_not) {
  // Of the whole program; the broker, if it is our own, ends with it.
  static std::unique_ptr<KafkaBroker> own_broker;
  static std::unique_ptr<KafkaTopics> topics;
  if (topics != nullptr) return topics.get();
  const char* named = std::getenv("KAFKA_BOOTSTRAP");
  std::string address = named != nullptr ? named : address_from_ctest();
  if (address.empty()) {
    own_broker = KafkaBroker::start(why_not);
    if (own_broker == nullptr) return nullptr;
    address = own_broker->address();
  }
  topics = std::make_unique<KafkaTopics>(address);
  return topics.get();
}

KafkaTopics& test_kafka() {
  std::string why_not;
  KafkaTopics* topics = shared_kafka(why_not);
  if (topics == nullptr) throw std::runtime_error(why_not);
  return *topics;
}

}  // namespace lethe::testing
