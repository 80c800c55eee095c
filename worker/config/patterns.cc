// SPDX-License-Identifier: Apache-2.0
#include "worker/config/patterns.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>

namespace lethe::worker::config {
namespace {

constexpr std::size_t kLongestPattern = 1000;  // the library recurses
constexpr std::size_t kLongestTopic = 249;     // of Kafka

std::optional<std::regex> compile(const std::string& pattern, std::regex::flag_type grammar) {
  if (pattern.empty() || pattern.size() > kLongestPattern) return std::nullopt;
  try {
    return std::regex(pattern, grammar | std::regex::nosubs);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

// Position and size of the next "{{ record.topic }}"; npos: none.
struct Slot {
  std::size_t begin = std::string_view::npos;
  std::size_t size = 0;
};

Slot find_slot(std::string_view text) {
  const std::size_t begin = text.find("{{");
  const std::size_t end = begin == std::string_view::npos ? begin : text.find("}}", begin);
  if (end == std::string_view::npos) return {};
  std::string_view name = text.substr(begin + 2, end - begin - 2);
  name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  name = name.substr(0, name.find_last_not_of(' ') + 1);
  if (name != "record.topic") return {};
  return {begin, end + 2 - begin};
}

}  // namespace

bool is_subscription(const std::string& pattern) {
  return compile(pattern, std::regex::extended).has_value();
}

bool subscribes(const std::string& pattern, const std::string& topic) {
  const auto regex = compile(pattern, std::regex::extended);
  return regex && std::regex_search(topic, *regex);
}

bool is_topic_pattern(const std::string& pattern) {
  return compile(pattern, std::regex::ECMAScript).has_value();
}

bool matches_whole(const std::string& pattern, const std::string& name) {
  const auto regex = compile(pattern, std::regex::ECMAScript);
  return regex && std::regex_match(name, *regex);
}

std::string render_topic(std::string_view topic_template, std::string_view source_topic) {
  std::string topic;
  for (Slot slot; (slot = find_slot(topic_template)).begin != std::string_view::npos;) {
    topic.append(topic_template.substr(0, slot.begin)).append(source_topic);
    topic_template.remove_prefix(slot.begin + slot.size);
  }
  return topic.append(topic_template);
}

bool is_topic_template(std::string_view topic_template) {
  return render_topic(topic_template, "t").find_first_of("{}") == std::string::npos;
}

bool feeds_itself(const std::string& pattern, std::string_view topic_template) {
  const Slot slot = find_slot(topic_template);
  if (slot.begin == std::string_view::npos) return subscribes(pattern, std::string(topic_template));
  if (slot.size == topic_template.size()) return true;
  // A search from '^' that is not tied to the end finds the same beginning again.
  std::string_view open = pattern;
  if (open.size() > 3 && open.substr(open.size() - 3) == ".*$") open.remove_suffix(1);
  return slot.begin == 0 && open.find('$') == std::string_view::npos;
}

bool is_topic_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestTopic || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace lethe::worker::config
