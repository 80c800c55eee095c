// SPDX-License-Identifier: Apache-2.0
//
// The topics a sink writes to, found (or created) once and kept: handle and number of partitions by
// the topic a record has after the chain. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KAFKA_TARGET_TOPICS_H_
#define LETHE_CONNECTORS_KAFKA_TARGET_TOPICS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "connectors/batch.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/sink.h"
#include "connectors/kafka/topic_template.h"

namespace lethe::connectors::kafka {

struct TargetTopic {
  Topic handle;
  std::int32_t partitions = 0;
};

class TargetTopics {
 public:
  // `options` outlives it.
  TargetTopics(const SinkOptions& options, TopicTemplate topic);

  // The target of a record; looks it up (and creates it) on first sight. bad_config: missing.
  Result<const TargetTopic*> find(rd_kafka_t* client, std::string_view record_topic, Route route);

  // Before the client goes, and when a topic is no longer what it was.
  void forget();

 private:
  Result<const TargetTopic*> resolve(rd_kafka_t* client, const std::string& name,
                                     std::string_view record_topic);
  Result<std::int32_t> create(rd_kafka_t* client, const std::string& name,
                              std::string_view record_topic);

  const SinkOptions& options_;
  TopicTemplate topic_;
  std::map<std::string, TargetTopic, std::less<>> by_name_;
  std::map<std::string, const TargetTopic*, std::less<>> by_record_topic_;
  const TargetTopic* dead_letters_ = nullptr;
  // Records come in runs of one topic, whose name lies in one place.
  std::string_view last_topic_;
  const TargetTopic* last_target_ = nullptr;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_TARGET_TOPICS_H_
