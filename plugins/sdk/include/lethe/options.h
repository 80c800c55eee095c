// SPDX-License-Identifier: Apache-2.0
//
// Reading a plugin's options: a tree of scalars, lists and maps, as it stands under the plugin's
// name in the pipeline file. The host has checked names and types against the plugin's OptionSpecs
// before, so the readers here answer defaults rather than errors. Views live for the whole of
// check() and make().

#ifndef LETHE_OPTIONS_H_
#define LETHE_OPTIONS_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "lethe/abi.h"

namespace lethe {

inline std::string_view to_text(const lethe_view& view) noexcept {
  return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}
inline lethe_view to_view(std::string_view text) noexcept {
  return {text.data() == nullptr ? "" : text.data(), text.size()};
}

// A node of the options tree, or nothing (an option that was not given).
class Node {
 public:
  Node() = default;
  Node(const lethe_node* node, const lethe_node_functions* functions) noexcept
      : node_(node), functions_(functions) {}

  explicit operator bool() const noexcept { return node_ != nullptr; }
  bool is_scalar() const noexcept { return kind() == LETHE_NODE_SCALAR; }
  bool is_list() const noexcept { return kind() == LETHE_NODE_LIST; }
  bool is_map() const noexcept { return kind() == LETHE_NODE_MAP; }

  // Of a scalar; empty otherwise.
  std::string_view text() const noexcept {
    return is_scalar() ? to_text(functions_->text(node_)) : std::string_view();
  }
  // Elements of a list or members of a map; 0 otherwise.
  std::size_t size() const noexcept {
    return is_list() || is_map() ? static_cast<std::size_t>(functions_->size(node_)) : 0;
  }
  // An absent Node, and an empty name, beyond size().
  Node at(std::size_t i) const noexcept {
    return i < size() ? Node(functions_->at(node_, i), functions_) : Node();
  }
  std::string_view name_at(std::size_t i) const noexcept {
    return is_map() && i < size() ? to_text(functions_->name_at(node_, i)) : std::string_view();
  }
  // A member of a map; an absent Node if there is none.
  Node operator[](std::string_view name) const noexcept {
    return is_map() ? Node(functions_->find(node_, to_view(name)), functions_) : Node();
  }

  std::string_view text_or(std::string_view fallback) const noexcept {
    return is_scalar() ? text() : fallback;
  }
  bool bool_or(bool fallback) const noexcept { return is_scalar() ? text() == "true" : fallback; }
  std::int64_t int_or(std::int64_t fallback) const noexcept {
    const std::string_view digits = text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole ? value : fallback;
  }

 private:
  std::int32_t kind() const noexcept { return node_ == nullptr ? 0 : functions_->kind(node_); }

  const lethe_node* node_ = nullptr;
  const lethe_node_functions* functions_ = nullptr;
};

// The root of the tree: a map.
class Options : public Node {
 public:
  explicit Options(const lethe_options* options) noexcept
      : Node(options->root, options->functions) {}
};

// Where check() complains: any number of (option path, text). The path is written as in YAML:
// "fields[1].path". No record has been seen yet, so the text is free.
class Report {
 public:
  explicit Report(const lethe_report* report) noexcept : report_(report) {}
  void complain(std::string_view path, std::string_view text) {
    report_->complain(report_->self, to_view(path), to_view(text));
  }

 private:
  const lethe_report* report_;
};

}  // namespace lethe

#endif  // LETHE_OPTIONS_H_
