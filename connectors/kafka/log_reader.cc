// SPDX-License-Identifier: Apache-2.0
#include "connectors/kafka/log_reader.h"

#include <string>
#include <utility>

#include "connectors/kafka/errors.h"

namespace lethe::connectors::kafka {
namespace {

constexpr std::int64_t kUnknown = -1;
// Rows visited before the caller is told how far we are.
constexpr int kMostAtOnce = 2000;

// The client library's fetcher pauses up to a second when its queue is full: the queue holds more
// than a reader that applies a million rows a second ever leaves in it. The user's own properties
// cannot set how truth is read. A leader that is cut off answers nothing, no error either: that
// another one leads is found out by asking around.
RoleProperties reader_properties(bool decided) {
  return {{{"client.id", "lethe"},
           {"queued.min.messages", "1000000"},
           {"queued.max.messages.kbytes", "65536"},
           {"fetch.message.max.bytes", "4194304"},
           {"fetch.wait.max.ms", "100"},
           {"fetch.error.backoff.ms", "100"},
           {"topic.metadata.refresh.interval.ms", "2000"},
           {"socket.timeout.ms", "10000"},
           {"reconnect.backoff.max.ms", "2000"}},
          {{"isolation.level", decided ? "read_committed" : "read_uncommitted"},
           {"client.rack", ""},
           {"auto.offset.reset", "error"},
           {"enable.partition.eof", "true"},
           {"enable.auto.commit", "false"},
           {"enable.auto.offset.store", "false"},
           {"allow.auto.create.topics", "false"}}};
}

std::optional<std::string_view> view_of(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(bytes), size);
}

bool is_lost(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

}  // namespace

Result<std::unique_ptr<LogReader>> PartitionReader::make(const LogOptions& options,
                                                         std::int32_t partitions, std::int64_t from,
                                                         bool decided) {
  std::unique_ptr<PartitionReader> reader(new PartitionReader(options.topic));
  reader->client_ =
      LETHE_TRY(make_client(RD_KAFKA_CONSUMER, options.client, reader_properties(decided), nullptr,
                            [](rd_kafka_conf_t*) {}));
  LETHE_TRY(reader->start(partitions, from));
  return std::unique_ptr<LogReader>(std::move(reader));
}

PartitionReader::~PartitionReader() {
  if (topic_ == nullptr) return;
  for (std::size_t i = 0; i < positions_.size(); ++i)
    rd_kafka_consume_stop(topic_.get(), static_cast<std::int32_t>(i));
}

Result<void> PartitionReader::start(std::int32_t partitions, std::int64_t from) {
  topic_.reset(rd_kafka_topic_new(client_.get(), name_.c_str(), nullptr));
  arrived_.reset(rd_kafka_queue_new(client_.get()));
  for (std::int32_t i = 0; i < partitions; ++i) {
    if (rd_kafka_consume_start_queue(topic_.get(), i, from, arrived_.get()) != 0)
      return kafka_error("read the topic " + name_, rd_kafka_last_error());
    positions_.push_back(kUnknown);
  }
  return {};
}

Result<LogReading> PartitionReader::read(std::chrono::milliseconds at_most, const Visit& visit) {
  rd_kafka_poll(client_.get(), 0);
  int wait_ms = static_cast<int>(at_most.count());
  for (int n = 0; n < kMostAtOnce; ++n) {
    const Message message(rd_kafka_consume_queue(arrived_.get(), wait_ms));
    if (message == nullptr) break;
    if (LETHE_TRY(take(*message, visit)) == LogReading::kLost) return LogReading::kLost;
    wait_ms = 0;
  }
  return LogReading::kGoesOn;
}

Result<LogReading> PartitionReader::take(const rd_kafka_message_t& message, const Visit& visit) {
  if (is_lost(message.err)) return LogReading::kLost;
  const auto partition = static_cast<std::size_t>(message.partition);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      visit({message.partition, message.offset, view_of(message.key, message.key_len),
             view_of(message.payload, message.len)});
      positions_[partition] = message.offset + 1;
      return LogReading::kGoesOn;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      positions_[partition] = message.offset;
      return LogReading::kGoesOn;
    default:
      return kafka_error("read the topic " + name_, message.err);
  }
}

std::int64_t PartitionReader::position(std::int32_t partition) const {
  return positions_[static_cast<std::size_t>(partition)];
}

}  // namespace lethe::connectors::kafka
