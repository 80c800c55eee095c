// SPDX-License-Identifier: Apache-2.0
//
// Looking topics up and creating them, through the connections of an existing client. For this
// folder only; calls block for at most their deadline.

#ifndef LETHE_CONNECTORS_KAFKA_TOPIC_ADMIN_H_
#define LETHE_CONNECTORS_KAFKA_TOPIC_ADMIN_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/kafka/handles.h"
#include "connectors/kafka/topic_log.h"
#include "lethe/result.h"

namespace lethe::connectors::kafka {

struct NewTopic {
  std::string name;
  std::int32_t partitions = -1;   // -1: the broker's default
  std::int16_t replication = -1;  // -1: the broker's default
  std::vector<std::pair<std::string, std::string>> settings = {};
};

// The number of partitions; empty when there is no such topic.
Result<std::optional<std::int32_t>> count_partitions(rd_kafka_t* client, const std::string& topic,
                                                     std::chrono::milliseconds deadline);

// Nothing when there is no such topic.
Result<std::optional<TopicDescription>> describe_topic(rd_kafka_t* client, const std::string& topic,
                                                       std::chrono::milliseconds deadline);

Result<std::int32_t> count_brokers(rd_kafka_t* client, std::chrono::milliseconds deadline);

// Creates it and waits until the brokers know it. One that exists already is fine.
Result<void> create_topic(rd_kafka_t* client, const NewTopic& topic,
                          std::chrono::milliseconds deadline);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_TOPIC_ADMIN_H_
