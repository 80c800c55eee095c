// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/assignment.h"

#include <algorithm>
#include <functional>

namespace lethe::connectors::kafka {
namespace {

PartitionList new_list(std::size_t room) {
  return PartitionList(rd_kafka_topic_partition_list_new(static_cast<int>(room)));
}

void add(const PartitionList& list, const std::string& topic, std::int32_t number,
         std::int64_t offset) {
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), number)->offset = offset;
}

}  // namespace

std::size_t Assignment::KeyHash::operator()(const Key& key) const noexcept {
  return std::hash<const void*>()(key.topic) * 31 + static_cast<std::size_t>(key.number);
}

void Assignment::assign(const rd_kafka_topic_partition_list_t& partitions) {
  clear();
  for (int i = 0; i < partitions.cnt; ++i) {
    Partition& partition = partitions_.emplace_back();
    partition.topic = partitions.elems[i].topic;
    partition.number = partitions.elems[i].partition;
  }
}

void Assignment::clear() {
  partitions_.clear();
  by_handle_.clear();
  in_batch_.clear();
  last_ = {nullptr, -1};
}

Assignment::Partition* Assignment::find(std::string_view topic, std::int32_t number) {
  const auto found =
      std::find_if(partitions_.begin(), partitions_.end(), [&](const Partition& partition) {
        return partition.number == number && partition.topic == topic;
      });
  return found == partitions_.end() ? nullptr : &*found;
}

Assignment::Partition* Assignment::find(const rd_kafka_message_t& message) {
  const Key key{message.rkt, message.partition};
  if (key == last_) return &partitions_[last_index_];
  auto known = by_handle_.find(key);
  if (known == by_handle_.end()) {
    Partition* partition = find(rd_kafka_topic_name(message.rkt), message.partition);
    if (partition == nullptr) return nullptr;
    const auto index = static_cast<std::size_t>(partition - partitions_.data());
    known = by_handle_.emplace(key, index).first;
  }
  last_ = key;
  last_index_ = known->second;
  return &partitions_[last_index_];
}

bool Assignment::hand_out(const rd_kafka_message_t& message, std::string_view& topic) {
  Partition* partition = find(message);
  if (partition == nullptr) return false;
  if (partition->first < 0) partition->first = message.offset;
  partition->next = message.offset + 1;
  if (!partition->in_batch) {
    partition->in_batch = true;
    in_batch_.push_back(static_cast<std::size_t>(partition - partitions_.data()));
  }
  topic = {rd_kafka_topic_name(message.rkt), partition->topic.size()};
  return true;
}

void Assignment::hold(const rd_kafka_message_t& message) {
  Partition* partition = find(message);
  if (partition != nullptr && partition->first < 0) partition->first = message.offset;
}

std::vector<Position> Assignment::end_batch() {
  std::vector<Position> positions;
  positions.reserve(in_batch_.size());
  for (const std::size_t i : in_batch_) {
    Partition& partition = partitions_[i];
    positions.push_back({partition.topic, partition.number, partition.next});
    partition.in_batch = false;
  }
  in_batch_.clear();
  return positions;
}

void Assignment::confirm(const Position& position) {
  Partition* partition = find(position.topic, position.partition);
  if (partition == nullptr) return;
  partition->confirmed = position.next_offset;
  partition->unsent = true;
}

PartitionList Assignment::take_unsent() {
  PartitionList list = new_list(partitions_.size());
  for (Partition& partition : partitions_) {
    if (!partition.unsent) continue;
    add(list, partition.topic, partition.number, partition.confirmed);
    partition.unsent = false;
  }
  return list;
}

void Assignment::mark_unsent(const rd_kafka_topic_partition_list_t& partitions) {
  for (int i = 0; i < partitions.cnt; ++i) {
    Partition* partition = find(partitions.elems[i].topic, partitions.elems[i].partition);
    if (partition != nullptr && partition->confirmed >= 0) partition->unsent = true;
  }
}

PartitionList Assignment::restart_points() const {
  PartitionList list = new_list(partitions_.size());
  for (const Partition& partition : partitions_) {
    if (partition.first < 0) continue;
    const std::int64_t from = partition.confirmed >= 0 ? partition.confirmed : partition.first;
    add(list, partition.topic, partition.number, from);
  }
  return list;
}

PartitionList Assignment::all() const {
  PartitionList list = new_list(partitions_.size());
  for (const Partition& partition : partitions_) {
    add(list, partition.topic, partition.number, RD_KAFKA_OFFSET_INVALID);
  }
  return list;
}

std::vector<Position> Assignment::positions() const {
  std::vector<Position> all;
  all.reserve(partitions_.size());
  for (const Partition& partition : partitions_) {
    all.push_back({partition.topic, partition.number,
                   partition.confirmed >= 0 ? partition.confirmed : partition.first});
  }
  return all;
}

}  // namespace lethe::connectors::kafka
