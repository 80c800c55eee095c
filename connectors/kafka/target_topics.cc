// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/target_topics.h"

#include <optional>
#include <utility>

#include "connectors/kafka/topic_admin.h"

namespace lethe::connectors::kafka {

TargetTopics::TargetTopics(const SinkOptions& options, TopicTemplate topic)
    : options_(options), topic_(std::move(topic)) {}

Result<const TargetTopic*> TargetTopics::find(rd_kafka_t* client, std::string_view record_topic,
                                              Route route) {
  if (route == Route::kDeadLetter) {
    if (dead_letters_ == nullptr) {
      dead_letters_ = LETHE_TRY(resolve(client, options_.dead_letter_topic, record_topic));
    }
    return dead_letters_;
  }
  if (last_target_ != nullptr && (topic_.is_constant() || record_topic == last_topic_)) {
    return last_target_;
  }
  auto known = by_record_topic_.find(record_topic);
  if (known == by_record_topic_.end()) {
    const std::string name = topic_.render(record_topic);
    const TargetTopic* target = LETHE_TRY(resolve(client, name, record_topic));
    known = by_record_topic_.emplace(record_topic, target).first;
  }
  last_topic_ = known->first;
  last_target_ = known->second;
  return last_target_;
}

Result<const TargetTopic*> TargetTopics::resolve(rd_kafka_t* client, const std::string& name,
                                                 std::string_view record_topic) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) return &known->second;
  auto partitions = LETHE_TRY(count_partitions(client, name, options_.write_deadline));
  if (!partitions.has_value()) {
    if (!options_.create_topics) {
      return bad_config("the topic " + name +
                        " does not exist; create it, or set create_topics: true at the sink");
    }
    partitions = LETHE_TRY(create(client, name, record_topic));
  }
  TargetTopic target{Topic(rd_kafka_topic_new(client, name.c_str(), nullptr)), *partitions};
  return &by_name_.emplace(name, std::move(target)).first->second;
}

Result<std::int32_t> TargetTopics::create(rd_kafka_t* client, const std::string& name,
                                          std::string_view record_topic) {
  NewTopic topic{name, options_.partitions, options_.replication};
  if (topic.partitions <= 0) {
    const auto source =
        LETHE_TRY(count_partitions(client, std::string(record_topic), options_.write_deadline));
    topic.partitions = source.value_or(-1);
  }
  LETHE_TRY(create_topic(client, topic, options_.write_deadline));
  const auto partitions = LETHE_TRY(count_partitions(client, name, options_.write_deadline));
  if (partitions.has_value()) return *partitions;
  return transient("the topic " + name + " vanished after it was created");
}

void TargetTopics::forget() {
  last_target_ = dead_letters_ = nullptr;
  last_topic_ = {};
  by_record_topic_.clear();
  by_name_.clear();
}

}  // namespace lethe::connectors::kafka
