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
  Log(LogOptions options, std::unique_ptr<RowWriter> writer)
      : options_(std::move(options)), writer_(std::move(writer)) {}

  Result<std::optional<TopicDescription>> describe() override {
    const Client client = LETHE_TRY(writer_->client());
    return describe_topic(client.get(), options_.topic, options_.call_deadline);
  }

  Result<void> create(const LogTopic& topic) override {
    const Client client = LETHE_TRY(writer_->client());
    NewTopic wanted;
    wanted.name = options_.topic;
    wanted.partitions = topic.partitions;
    wanted.replication = static_cast<std::int16_t>(topic.replication);
    wanted.settings = topic.settings;
    return create_topic(client.get(), wanted, options_.call_deadline);
  }

  Result<std::string> cluster_id() override {
    const Client client = LETHE_TRY(writer_->client());
    char* id = rd_kafka_clusterid(client.get(), wait_ms());
    if (id == nullptr)
      return kafka_error("ask for the id of the cluster at " + options_.client.brokers,
                         RD_KAFKA_RESP_ERR__TIMED_OUT);
    std::string text(id);
    rd_kafka_mem_free(client.get(), id);
    return text;
  }

  Result<std::int32_t> count_brokers() override {
    const Client client = LETHE_TRY(writer_->client());
    return kafka::count_brokers(client.get(), options_.call_deadline);
  }

  Result<std::int64_t> end(std::int32_t partition) override {
    const Client client = LETHE_TRY(writer_->client());
    std::int64_t first = 0;
    std::int64_t end = 0;
    const auto code = rd_kafka_query_watermark_offsets(client.get(), options_.topic.c_str(),
                                                       partition, &first, &end, wait_ms());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return end;
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
};

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
  return std::unique_ptr<TopicLog>(std::make_unique<Log>(std::move(options), std::move(writer)));
}

}  // namespace lethe::connectors::kafka
