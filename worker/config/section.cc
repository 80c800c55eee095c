// SPDX-License-Identifier: Apache-2.0
#include "worker/config/section.h"

#include <algorithm>

#include "worker/config/quantities.h"
#include "worker/config/suggest.h"
#include "worker/config/utf8.h"

namespace lethe::worker::config {

std::string quote(const Node& scalar) {
  constexpr std::size_t kMost = 60;
  std::string shown = scalar.written().substr(0, kMost);
  shown.resize(valid_prefix(shown));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  if (shown.size() < scalar.written().size()) shown.append("...");
  return "'" + shown + "'";
}

Section::Section(const Node& node, Place where, std::string name, Diagnostics& diagnostics)
    : map_(node.is_map() ? &node : nullptr),
      usable_(node.is_map() || node.is_blank()),
      where_(std::move(where)),
      name_(std::move(name)),
      diagnostics_(&diagnostics) {
  if (usable_) return;
  const std::string subject = name_.empty() ? "the file" : "'" + name_ + "'";
  diagnostics_->error(node.place(), subject + " must be a map of names and values, not " +
                                        std::string(node.kind_name()));
}

Section Section::inside(const Member& member) const {
  return {member.value, member.place, name_of(member.name), *diagnostics_};
}

std::string Section::name_of(std::string_view key) const {
  return (name_.empty() ? std::string() : name_ + ".").append(key);
}

const Member* Section::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  return map_ == nullptr ? nullptr : map_->find_member(key);
}

const Member* Section::require(std::string_view key, std::string_view remedy) {
  const Member* member = find(key);
  if (member == nullptr && usable_)
    diagnostics_->error(where_, (name_.empty() ? "the file" : "'" + name_ + "'")
                                    .append(" needs '")
                                    .append(key)
                                    .append("': ")
                                    .append(remedy));
  return member;
}

std::optional<std::string> Section::read_text(const Member& member) const {
  if (!member.value.is_scalar() || member.value.text().empty()) {
    complain_type(member, "a text");
    return std::nullopt;
  }
  return member.value.text();
}

std::string Section::text(std::string_view key, std::string fallback) {
  const Member* member = find(key);
  return member == nullptr ? fallback : read_text(*member).value_or(fallback);
}

std::string Section::required_text(std::string_view key, std::string_view remedy) {
  const Member* member = require(key, remedy);
  return member == nullptr ? std::string() : read_text(*member).value_or(std::string());
}

bool Section::boolean(std::string_view key, bool fallback) {
  constexpr std::string_view kWanted = "true or false";
  const Member* member = find(key);
  const Node* value = member == nullptr ? nullptr : plain(*member, kWanted);
  if (value == nullptr) return fallback;
  if (value->text() == "true") return true;
  if (value->text() == "false") return false;
  complain_type(*member, kWanted);
  return fallback;
}

std::int64_t Section::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                              std::int64_t most) {
  const Member* member = find(key);
  const std::string wanted =
      "a number from " + std::to_string(least) + " to " + std::to_string(most);
  const Node* value = member == nullptr ? nullptr : plain(*member, wanted);
  if (value == nullptr) return fallback;
  const auto number = parse_integer(value->text());
  if (number && *number >= least && *number <= most) return *number;
  complain_type(*member, wanted);
  return fallback;
}

std::uint64_t Section::size(std::string_view key, std::uint64_t fallback) {
  constexpr std::string_view kWanted = "a size such as 64MiB or 1MB";
  const Member* member = find(key);
  const Node* value = member == nullptr ? nullptr : plain(*member, kWanted);
  if (value == nullptr) return fallback;
  const auto bytes = parse_size(value->text());
  if (!bytes || *bytes == 0) complain_type(*member, kWanted);
  return bytes && *bytes > 0 ? *bytes : fallback;
}

std::chrono::milliseconds Section::duration(std::string_view key,
                                            std::chrono::milliseconds fallback) {
  constexpr std::string_view kWanted = "a duration such as 500ms, 30s or 10m";
  const Member* member = find(key);
  const Node* value = member == nullptr ? nullptr : plain(*member, kWanted);
  if (value == nullptr) return fallback;
  const auto parsed = parse_duration(value->text());
  if (!parsed) complain_type(*member, kWanted);
  return parsed.value_or(fallback);
}

std::vector<std::string> Section::texts(std::string_view key) {
  std::vector<std::string> all;
  for (const Node* node : text_nodes(key)) all.push_back(node->text());
  return all;
}

std::vector<const Node*> Section::text_nodes(std::string_view key) {
  const Member* member = find(key);
  std::vector<const Node*> all;
  if (member == nullptr) return all;
  if (!member->value.is_list()) {
    if (read_text(*member)) all.push_back(&member->value);
    return all;
  }
  for (std::size_t i = 0; i < member->value.items().size(); ++i) {
    const Node& item = member->value.items()[i];
    if (read_text({member->name + "[" + std::to_string(i) + "]", item.place(), item}))
      all.push_back(&item);
  }
  return all;
}

void Section::not_yet(std::string_view key, std::string_view remedy) {
  const Member* member = find(key);
  if (member == nullptr) return;
  diagnostics_->error(member->place, "'" + name_of(key) + "' is not available in this version: " +
                                         std::string(remedy));
}

void Section::finish() const {
  if (map_ == nullptr) return;
  for (const Member& member : map_->members()) {
    if (std::find(known_.begin(), known_.end(), member.name) != known_.end()) continue;
    std::string message = "unknown key '" + member.name + "'";
    if (!name_.empty()) message += " in '" + name_ + "'";
    const std::string guess = did_you_mean(member.name, known_);
    message += guess.empty() ? "; known are: " + join(known_) : guess;
    diagnostics_->error(member.place, std::move(message));
  }
}

const Node* Section::plain(const Member& member, std::string_view wanted) const {
  if (member.value.is_scalar() && !member.value.is_blank() && !member.value.has_reference())
    return &member.value;
  complain_type(member, wanted);
  return nullptr;
}

void Section::complain_type(const Member& member, std::string_view wanted) const {
  const Node& value = member.value;
  std::string message = "'" + name_of(member.name) + "' must be " + std::string(wanted);
  if (!value.is_scalar())
    message += ", not " + std::string(value.kind_name());
  else if (value.is_blank())
    message += "; there is no value";
  else if (value.text().empty())
    message += value.has_reference() ? "; its reference stands for an empty one" : "; it is empty";
  else if (value.has_reference())
    message += ", written out: references stand in texts only";
  else
    message += ", not " + quote(value);
  diagnostics_->error(value.is_blank() ? member.place : value.place(), std::move(message));
}

void Section::complain_choice(const Member& member,
                              const std::vector<std::string_view>& names) const {
  const Node& value = member.value;
  if (!value.is_scalar() || value.is_blank() || value.has_reference())
    return complain_type(member, "one of " + join(names));
  diagnostics_->error(value.place(), "'" + name_of(member.name) + "' must be one of " +
                                         join(names) + ", not " + quote(value) +
                                         did_you_mean(value.text(), names));
}

}  // namespace lethe::worker::config
