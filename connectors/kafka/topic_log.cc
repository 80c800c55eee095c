// SPDX-License-Identifier: Apache-2.0
#include "connectors/kafka/topic_log.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "connectors/kafka/errors.h"
#include "connectors/kafka/log_reader.h"
#include "connectors/kafka/log_writer.h"
#include "connectors/kafka/topic_admin.h"

namespace lethe::connectors::kafka {
namespace {

class Log final : public TopicLog {
 public:
  Log(LogOptions options, std::unique_ptr<RowWriter> writer, Client asking)
      : options_(std::move(options)), writer_(std::move(writer)), asking_(std::move(asking)) {}

  Result<std::optional<TopicDescription>> describe() override {
    return describe_topic(asking_.get(), options_.topic, options_.call_deadline);
  }

  Result<void> create(const LogTopic& topic) override {
    NewTopic wanted;
    wanted.name = options_.topic;
    wanted.partitions = topic.partitions;
    wanted.replication = static_cast<std::int16_t>(topic.replication);
    wanted.settings = topic.settings;
    return create_topic(asking_.get(), wanted, options_.call_deadline);
  }

  Result<std::string> cluster_id() override {
    char* id = rd_kafka_clusterid(asking_.get(), wait_ms());
    if (id == nullptr)
      return kafka_error("ask for the id of the cluster at " + options_.client.brokers,
                         RD_KAFKA_RESP_ERR__TIMED_OUT);
    std::string text(id);
    rd_kafka_mem_free(asking_.get(), id);
    return text;
  }

  Result<std::int32_t> count_brokers() override {
    return kafka::count_brokers(asking_.get(), options_.call_deadline);
  }

  Result<std::int64_t> end(std::int32_t partition) override {
    // Not by rd_kafka_query_watermark_offsets, which waits beyond its time for a broker that hangs.
    const PartitionList asked(rd_kafka_topic_partition_list_new(1));
    auto* wanted =
        rd_kafka_topic_partition_list_add(asked.get(), options_.topic.c_str(), partition);
    wanted->offset = RD_KAFKA_OFFSET_END;
    auto code = rd_kafka_offsets_for_times(asking_.get(), asked.get(), wait_ms());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = asked->elems[0].err;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && asked->elems[0].offset >= 0)
      return asked->elems[0].offset;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    return kafka_error("ask for the end of the topic " + options_.topic, code);
  }

  Result<std::unique_ptr<LogReader>> read_all(std::int32_t partitions) override {
    return PartitionReader::make(options_, partitions, RD_KAFKA_OFFSET_BEGINNING, false);
  }

  Result<std::unique_ptr<LogReader>> read_decided(std::int64_t from) override {
    return PartitionReader::make(options_, 1, from, true);
  }

  LogWriter& writer() override { return *writer_; }

  Result<std::unique_ptr<FencedWriter>> make_fenced_writer(const std::string& id) override {
    return TransactionWriter::make(options_, id);
  }

 private:
  int wait_ms() const { return static_cast<int>(options_.call_deadline.count()); }

  const LogOptions options_;
  const std::unique_ptr<RowWriter> writer_;
  const Client asking_;
};

// A client that reads before transactions are decided is told the end of the log; any other, and
// every producer, where the first open transaction begins.
const RoleProperties& asking_properties() {
  static const RoleProperties properties{
      {{"client.id", "lethe"},
       {"topic.metadata.refresh.interval.ms", "2000"},
       {"socket.timeout.ms", "10000"},
       {"reconnect.backoff.max.ms", "2000"}},
      {{"isolation.level", "read_uncommitted"}, {"allow.auto.create.topics", "false"}}};
  return properties;
}

// By what a log keeps its promises, beyond what is ours for every client.
Result<void> check_log_properties(const Properties& properties) {
  for (const auto& [name, value] : properties)
    if (name == "client.rack" || name == "auto.offset.reset" || name == "message.timeout.ms" ||
        name == "delivery.timeout.ms" || name == "transaction.timeout.ms")
      return bad_config("the Kafka property '" + name +
                        "' is set by the key store, which relies on it; remove it from client");
  return {};
}

}  // namespace

Result<std::unique_ptr<TopicLog>> TopicLog::make(LogOptions options) {
  LETHE_TRY(check_log_properties(options.client.properties));
  auto writer = LETHE_TRY(RowWriter::make(options));
  Client asking = LETHE_TRY(make_client(RD_KAFKA_CONSUMER, options.client, asking_properties(),
                                        nullptr, [](rd_kafka_conf_t*) {}));
  return std::unique_ptr<TopicLog>(
      std::make_unique<Log>(std::move(options), std::move(writer), std::move(asking)));
}

}  // namespace lethe::connectors::kafka
