// SPDX-License-Identifier: Apache-2.0
//
// The LogReader behind TopicLog: a consumer without a group, which starts where it is told and
// reports each end that it reaches. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KAFKA_LOG_READER_H_
#define LETHE_CONNECTORS_KAFKA_LOG_READER_H_

#include <memory>
#include <vector>

#include "connectors/kafka/handles.h"
#include "connectors/kafka/topic_log.h"

namespace lethe::connectors::kafka {

class PartitionReader final : public LogReader {
 public:
  // from: an offset, or RD_KAFKA_OFFSET_BEGINNING. decided: rows of committed transactions only.
  static Result<std::unique_ptr<LogReader>> make(const LogOptions& options, std::int32_t partitions,
                                                 std::int64_t from, bool decided);
  ~PartitionReader() override;
  PartitionReader(const PartitionReader&) = delete;
  PartitionReader& operator=(const PartitionReader&) = delete;

  Result<LogReading> read(std::chrono::milliseconds at_most, const Visit& visit) override;
  std::int64_t position(std::int32_t partition) const override;

 private:
  explicit PartitionReader(std::string topic) : name_(std::move(topic)) {}
  Result<void> start(std::int32_t partitions, std::int64_t from);
  Result<LogReading> take(const rd_kafka_message_t& message, const Visit& visit);

  std::string name_;
  Client client_;
  Topic topic_;
  Queue arrived_;
  std::vector<std::int64_t> positions_;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_LOG_READER_H_
