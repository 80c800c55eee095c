// SPDX-License-Identifier: Apache-2.0
#include "worker/config/node.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace lethe::worker::config {

Node Node::scalar(std::string text, Place place, bool quoted) {
  Node node(Kind::kScalar, std::move(place));
  node.written_ = text;
  node.text_ = std::move(text);
  node.quoted_ = quoted;
  return node;
}

Node Node::list(Place place) {
  return {Kind::kList, std::move(place)};
}

Node Node::map(Place place) {
  return {Kind::kMap, std::move(place)};
}

std::string_view Node::kind_name() const {
  if (is_map()) return "a map";
  return is_list() ? "a list" : "a text";
}

bool Node::contains_reference() const {
  if (is_scalar()) return has_reference_;
  return std::any_of(items_.begin(), items_.end(),
                     [](const Node& item) { return item.contains_reference(); }) ||
         std::any_of(members_.begin(), members_.end(),
                     [](const Member& member) { return member.value.contains_reference(); });
}

void Node::stand_for(std::string text, bool reference) {
  text_ = std::move(text);
  has_reference_ = reference;
}

Node Node::without_prefix(std::size_t count) const {
  Node rest = *this;
  rest.text_.erase(0, count);
  rest.written_.erase(0, count);
  return rest;
}

void Node::push(Node item) {
  items_.push_back(std::move(item));
}

const Member* Node::find_member(std::string_view name) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view name) const {
  const Member* member = find_member(name);
  return member == nullptr ? nullptr : &member->value;
}

void Node::set(std::string name, Place place, Node value) {
  if (const Member* member = find_member(name); member != nullptr) {
    members_[static_cast<std::size_t>(member - members_.data())].value = std::move(value);
    return;
  }
  members_.push_back({std::move(name), std::move(place), std::move(value)});
}

std::size_t Node::size() const {
  return is_map() ? members_.size() : items_.size();
}

std::size_t Node::count() const {
  std::size_t nodes = 1;
  for (const Node& item : items_) nodes += item.count();
  for (const Member& member : members_) nodes += member.value.count();
  return nodes;
}

std::size_t Node::depth() const {
  std::size_t below = 0;
  for (const Node& item : items_) below = std::max(below, item.depth());
  for (const Member& member : members_) below = std::max(below, member.value.depth());
  return below + 1;
}

namespace {

// Takes one step off the front of a path: "name", "[3]" or "['quoted name']".
struct Step {
  std::string_view name;
  std::size_t index = 0;
  bool is_index = false;
};

bool take_bracket(std::string_view& path, Step& step) {
  const bool quoted = path.size() > 1 && path[1] == '\'';
  const std::size_t end = path.find(quoted ? "']" : "]");
  if (end == std::string_view::npos) return false;
  const std::size_t begin = quoted ? 2 : 1;
  step.name = path.substr(begin, end - begin);
  path.remove_prefix(end + (quoted ? 2 : 1));
  if (quoted) return true;
  step.is_index = true;
  const char* last = step.name.data() + step.name.size();
  const auto [stop, error] = std::from_chars(step.name.data(), last, step.index);
  return error == std::errc() && stop == last;
}

bool take_step(std::string_view& path, Step& step) {
  if (path.front() == '.') path.remove_prefix(1);
  if (path.empty()) return false;
  if (path.front() == '[') return take_bracket(path, step);
  step.name = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(step.name.size());
  return !step.name.empty();
}

const Node* child(const Node& node, const Step& step) {
  if (!step.is_index) return node.find(step.name);
  return step.index < node.items().size() ? &node.items()[step.index] : nullptr;
}

}  // namespace

Located locate(const Node& root, std::string_view path) {
  const Node* node = &root;
  while (!path.empty()) {
    Step step;
    if (!take_step(path, step)) return {node, false};
    const Node* next = child(*node, step);
    if (next == nullptr) return {node, false};
    node = next;
  }
  return {node, true};
}

}  // namespace lethe::worker::config
