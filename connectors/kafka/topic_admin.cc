// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/topic_admin.h"

#include <array>
#include <map>
#include <thread>
#include <utility>

#include "connectors/kafka/errors.h"

namespace lethe::connectors::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using NewTopicHandle = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using ConfigResource = Handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using AdminOptions = Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

// How long a new topic's partitions take to reach the broker that we ask.
constexpr std::chrono::milliseconds kAskAgain{50};

void destroy_metadata(const rd_kafka_metadata_t* metadata) {
  rd_kafka_metadata_destroy(metadata);
}
using Metadata = Handle<const rd_kafka_metadata_t, destroy_metadata>;

// Null when there is no such topic, or when it is just being made and has no partition yet.
Result<Metadata> ask_for_topic(rd_kafka_t* client, const std::string& topic,
                               std::chrono::milliseconds deadline) {
  const Topic handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* answer = nullptr;
  auto code =
      rd_kafka_metadata(client, 0, handle.get(), &answer, static_cast<int>(deadline.count()));
  Metadata metadata(answer);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    code = metadata->topic_cnt == 0 ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
                                    : metadata->topics[0].err;
  }
  if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return Metadata();
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error("look up the topic " + topic, code);
  if (metadata->topics[0].partition_cnt == 0) return Metadata();
  return metadata;
}

// Reads the answer to DescribeConfigs for the one topic asked for.
rd_kafka_resp_err_t read_settings(const rd_kafka_event_t* event,
                                  std::map<std::string, std::string>& settings) {
  if (const auto code = rd_kafka_event_error(const_cast<rd_kafka_event_t*>(event));
      code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return code;
  std::size_t resources = 0;
  const auto* result = rd_kafka_event_DescribeConfigs_result(const_cast<rd_kafka_event_t*>(event));
  const auto* list = rd_kafka_DescribeConfigs_result_resources(result, &resources);
  if (resources == 0) return RD_KAFKA_RESP_ERR__BAD_MSG;
  std::size_t n = 0;
  const auto* entries = rd_kafka_ConfigResource_configs(list[0], &n);
  for (std::size_t i = 0; i < n; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return rd_kafka_ConfigResource_error(list[0]);
}

Result<std::map<std::string, std::string>> ask_for_settings(rd_kafka_t* client,
                                                            const std::string& topic,
                                                            std::chrono::milliseconds deadline) {
  const ConfigResource resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  std::array<char, 512> unused{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(deadline.count()),
                                            unused.data(), unused.size());
  const Queue queue(rd_kafka_queue_new(client));
  rd_kafka_ConfigResource_t* list[] = {resource.get()};
  rd_kafka_DescribeConfigs(client, list, 1, options.get(), queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), static_cast<int>(deadline.count()) + 1000));
  std::map<std::string, std::string> settings;
  const auto code =
      event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : read_settings(event.get(), settings);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return settings;
  return kafka_error("read the settings of the topic " + topic, code);
}

// The broker's answer to CreateTopics for the one topic asked for.
rd_kafka_resp_err_t outcome_of(rd_kafka_event_t* event) {
  if (const auto code = rd_kafka_event_error(event); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return code;
  }
  std::size_t n = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(event);
  const auto* topics = rd_kafka_CreateTopics_result_topics(result, &n);
  return n == 0 ? RD_KAFKA_RESP_ERR__BAD_MSG : rd_kafka_topic_result_error(topics[0]);
}

Result<void> wait_until_known(rd_kafka_t* client, const std::string& topic,
                              Clock::time_point until) {
  while (Clock::now() < until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    const auto partitions = LETHE_TRY(count_partitions(client, topic, left));
    if (partitions.has_value()) return {};
    std::this_thread::sleep_for(kAskAgain);
  }
  return transient("the topic " + topic + " was created, but the brokers do not know it yet");
}

}  // namespace

Result<std::optional<std::int32_t>> count_partitions(rd_kafka_t* client, const std::string& topic,
                                                     std::chrono::milliseconds deadline) {
  const Metadata metadata = LETHE_TRY(ask_for_topic(client, topic, deadline));
  if (metadata == nullptr) return std::optional<std::int32_t>();
  return std::optional<std::int32_t>(metadata->topics[0].partition_cnt);
}

Result<std::optional<TopicDescription>> describe_topic(rd_kafka_t* client, const std::string& topic,
                                                       std::chrono::milliseconds deadline) {
  const Metadata metadata = LETHE_TRY(ask_for_topic(client, topic, deadline));
  if (metadata == nullptr) return std::optional<TopicDescription>();
  TopicDescription description;
  description.partitions = metadata->topics[0].partition_cnt;
  description.replication = metadata->topics[0].partitions[0].replica_cnt;
  description.settings = LETHE_TRY(ask_for_settings(client, topic, deadline));
  return std::optional(std::move(description));
}

Result<std::int32_t> count_brokers(rd_kafka_t* client, std::chrono::milliseconds deadline) {
  const rd_kafka_metadata_t* answer = nullptr;
  const auto code =
      rd_kafka_metadata(client, 0, nullptr, &answer, static_cast<int>(deadline.count()));
  const Metadata metadata(answer);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error("count the brokers", code);
  return metadata->broker_cnt;
}

Result<void> create_topic(rd_kafka_t* client, const NewTopic& topic,
                          std::chrono::milliseconds deadline) {
  const auto until = Clock::now() + deadline;
  const std::string attempted = "create the topic " + topic.name;
  std::array<char, 512> unused{};
  const NewTopicHandle asked(rd_kafka_NewTopic_new(
      topic.name.c_str(), topic.partitions, topic.replication, unused.data(), unused.size()));
  if (asked == nullptr) return kafka_error(attempted, RD_KAFKA_RESP_ERR__INVALID_ARG);
  for (const auto& [name, value] : topic.settings)
    rd_kafka_NewTopic_set_config(asked.get(), name.c_str(), value.c_str());
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(deadline.count()),
                                            unused.data(), unused.size());
  const Queue queue(rd_kafka_queue_new(client));
  rd_kafka_NewTopic_t* list[] = {asked.get()};
  rd_kafka_CreateTopics(client, list, 1, options.get(), queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), static_cast<int>(deadline.count()) + 1000));
  const auto code = event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : outcome_of(event.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return kafka_error(attempted, code);
  }
  return wait_until_known(client, topic.name, until);
}

}  // namespace lethe::connectors::kafka
