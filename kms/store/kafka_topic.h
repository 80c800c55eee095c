// SPDX-License-Identifier: Apache-2.0
//
// What a key topic must be (custody protocol, section 4): compacted and nothing else, led by no
// replica that lacks rows, rolled and compacted within about two minutes, and keeping tombstones
// for a week. Checked at start and now and then; made only when somebody asks for it. Any thread.

#ifndef LETHE_KMS_STORE_KAFKA_TOPIC_H_
#define LETHE_KMS_STORE_KAFKA_TOPIC_H_

#include <cstdint>
#include <optional>
#include <string>

#include "connectors/kafka/topic_log.h"
#include "lethe/result.h"

namespace lethe::kms::store {

// bad_config, naming setting, value found and value wanted.
Result<void> check_key_topic(const std::string& topic,
                             const connectors::kafka::TopicDescription& found);

// What is not wrong but weak: too few replicas. Empty: nothing.
std::string weakness_of(const std::string& topic, const connectors::kafka::TopicDescription& found);

// replication 0: 3, or as many as there are brokers.
Result<void> create_key_topic(connectors::kafka::TopicLog& log, std::int32_t replication);

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_TOPIC_H_
