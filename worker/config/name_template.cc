// SPDX-License-Identifier: Apache-2.0
#include "worker/config/name_template.h"

namespace lethe::worker::config {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kNameCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

}  // namespace

std::optional<NameTemplate> NameTemplate::parse(std::string_view text) {
  NameTemplate made;
  while (!text.empty()) {
    const std::string_view literal = text.substr(0, text.find(kOpen));
    if (!literal.empty()) made.pieces_.push_back({std::string(literal), false});
    text.remove_prefix(literal.size());
    if (text.empty()) break;
    const std::size_t end = text.find(kClose);
    if (end == std::string_view::npos) return std::nullopt;
    std::string name(text.substr(kOpen.size(), end - kOpen.size()));
    if (name.empty() || name.find_first_not_of(kNameCharacters) != std::string::npos)
      return std::nullopt;
    made.names_.insert(name);
    made.pieces_.push_back({std::move(name), true});
    text.remove_prefix(end + kClose.size());
  }
  if (made.names_.empty()) return std::nullopt;
  return made;
}

std::optional<std::string> NameTemplate::render(const Parameters& parameters) const {
  std::string name;
  for (const Piece& piece : pieces_) {
    if (!piece.is_parameter) {
      name += piece.text;
      continue;
    }
    const auto value = parameters.find(piece.text);
    if (value == parameters.end()) return std::nullopt;
    name += value->second;
  }
  return name;
}

}  // namespace lethe::worker::config
