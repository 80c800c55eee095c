// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_topic.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>

namespace lethe::kms::store {
namespace {

using connectors::kafka::TopicDescription;

constexpr std::int32_t kEnoughReplicas = 3;
constexpr std::int64_t kEnoughInSync = 2;

enum class Rule : std::uint8_t { kExactly, kAtMost, kAtLeast };

struct Wanted {
  std::string_view setting;
  Rule rule;
  std::string_view value;
  std::string_view why;
};

constexpr std::array kWanted = {
    Wanted{"cleanup.policy", Rule::kExactly, "compact", "keys would be deleted by age"},
    Wanted{"unclean.leader.election.enable", Rule::kExactly, "false", "fences could be lost"},
    Wanted{"segment.ms", Rule::kAtMost, "60000", "erased keys would stay in the open segment"},
    Wanted{"max.compaction.lag.ms", Rule::kAtMost, "60000", "erased keys would stay on disk"},
    Wanted{"delete.retention.ms", Rule::kAtLeast, "604800000",
           "a worker that was away would not see that a key was removed"},
};

// Compaction must not take the winner of a race away while somebody still reads up to it: he would
// take a loser for it. Warned of, not refused: it takes a worker that is this far behind.
constexpr Wanted kUnhurried{"min.compaction.lag.ms", Rule::kAtLeast, "30000",
                            "a worker that is behind may not see which key was born first"};

// Negative stands for "no bound".
std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && number >= 0 ? number : std::numeric_limits<std::int64_t>::max();
}

bool holds(const Wanted& wanted, const std::string& found) {
  switch (wanted.rule) {
    case Rule::kExactly:
      return found == wanted.value;
    case Rule::kAtMost:
      return number_of(found) <= number_of(wanted.value);
    case Rule::kAtLeast:
      return number_of(found) >= number_of(wanted.value);
  }
  return false;
}

std::string_view phrase(Rule rule) {
  switch (rule) {
    case Rule::kExactly:
      return "";
    case Rule::kAtMost:
      return "at most ";
    case Rule::kAtLeast:
      return "at least ";
  }
  return "";
}

std::string text_of(const TopicDescription& found, std::string_view setting) {
  const auto at = found.settings.find(std::string(setting));
  return at == found.settings.end() ? "(not told)" : at->second;
}

std::string lag_weakness(const std::string& topic, const TopicDescription& found) {
  if (holds(kUnhurried, text_of(found, kUnhurried.setting))) return {};
  return "The key topic " + topic + " has " + std::string(kUnhurried.setting) + "=" +
         text_of(found, kUnhurried.setting) + "; below " + std::string(kUnhurried.value) + " " +
         std::string(kUnhurried.why);
}

}  // namespace

Result<void> check_key_topic(const std::string& topic, const TopicDescription& found) {
  for (const Wanted& wanted : kWanted) {
    const std::string value = text_of(found, wanted.setting);
    if (holds(wanted, value)) continue;
    return bad_config("The key topic " + topic + " has " + std::string(wanted.setting) + "=" +
                      value + ", but must have " + std::string(phrase(wanted.rule)) +
                      std::string(wanted.value) + ": " + std::string(wanted.why) +
                      ". Correct it with kafka-configs --alter");
  }
  return {};
}

std::string weakness_of(const std::string& topic, const TopicDescription& found) {
  const std::int64_t in_sync = number_of(text_of(found, "min.insync.replicas"));
  if (found.replication >= kEnoughReplicas && in_sync >= kEnoughInSync)
    return lag_weakness(topic, found);
  return "The key topic " + topic + " has " + std::to_string(found.replication) +
         " replicas and min.insync.replicas=" + text_of(found, "min.insync.replicas") +
         "; with less than " + std::to_string(kEnoughReplicas) + " and " +
         std::to_string(kEnoughInSync) + " the loss of a broker can lose keys and fences";
}

Result<void> create_key_topic(connectors::kafka::TopicLog& log, std::int32_t replication) {
  connectors::kafka::LogTopic topic;
  if (replication == 0) replication = std::min(kEnoughReplicas, LETHE_TRY(log.count_brokers()));
  topic.replication = replication;
  for (const Wanted& wanted : kWanted) topic.settings.emplace_back(wanted.setting, wanted.value);
  topic.settings.emplace_back(kUnhurried.setting, kUnhurried.value);
  // One that is down must not stop the others, nor may one alone acknowledge what two can keep.
  topic.settings.emplace_back("min.insync.replicas", replication >= kEnoughReplicas ? "2" : "1");
  return log.create(topic);
}

}  // namespace lethe::kms::store
