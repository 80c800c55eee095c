// SPDX-License-Identifier: Apache-2.0
//
// The partitions that a source holds at present and how far each has come: handed out by read(),
// confirmed by commit(), sent to the broker. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KAFKA_ASSIGNMENT_H_
#define LETHE_CONNECTORS_KAFKA_ASSIGNMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/batch.h"
#include "connectors/kafka/handles.h"

namespace lethe::connectors::kafka {

class Assignment {
 public:
  void assign(const rd_kafka_topic_partition_list_t& partitions);
  void clear();
  bool empty() const noexcept { return partitions_.empty(); }

  // Notes that `message` goes into the current batch; false for a partition that is not ours. Its
  // topic's name lives as long as the message.
  bool hand_out(const rd_kafka_message_t& message, std::string_view& topic);
  // Notes that `message` was read but waits: a rewind has to bring it again.
  void hold(const rd_kafka_message_t& message);
  // The positions of the partitions that are in the current batch, which ends with this call.
  std::vector<Position> end_batch();

  // What commit() was told.
  void confirm(const Position& position);
  // Confirmed offsets that the broker was not told; they count as told from here.
  PartitionList take_unsent();
  // The broker did not take these.
  void mark_unsent(const rd_kafka_topic_partition_list_t& partitions);

  // Where each partition that was read from has to be read again: after the last confirmed record,
  // or at the first one of this assignment.
  PartitionList restart_points() const;
  PartitionList all() const;
  // For the listener: confirmed, else first, else -1.
  std::vector<Position> positions() const;

 private:
  struct Partition {
    std::string topic;
    std::int32_t number = -1;
    std::int64_t first = -1;      // read in this assignment
    std::int64_t next = -1;       // after the last one handed out
    std::int64_t confirmed = -1;  // next offset, as commit() was told
    bool unsent = false;
    bool in_batch = false;
  };
  struct Key {
    const rd_kafka_topic_t* topic;
    std::int32_t number;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };

  Partition* find(const rd_kafka_message_t& message);
  Partition* find(std::string_view topic, std::int32_t number);

  std::vector<Partition> partitions_;
  std::unordered_map<Key, std::size_t, KeyHash> by_handle_;
  std::vector<std::size_t> in_batch_;
  Key last_{nullptr, -1};  // messages of a partition come in runs
  std::size_t last_index_ = 0;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_ASSIGNMENT_H_
