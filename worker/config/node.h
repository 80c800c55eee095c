// SPDX-License-Identifier: Apache-2.0
//
// A configuration file as a tree of scalars, lists and maps that remember where they stand. It is
// made by yaml.h, read by the typed readers of this folder, and shown to plugins as their options.
// Order is that of the document; the names of a map are unique. A scalar has two texts: what is
// written in the file (the only one that messages and dumps may show) and what it stands for, once
// references to secrets have been resolved. A value type; not synchronised.

#ifndef LETHE_WORKER_CONFIG_NODE_H_
#define LETHE_WORKER_CONFIG_NODE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "worker/config/place.h"

namespace lethe::worker::config {

struct Member;

class Node {
 public:
  // The numbers of LETHE_NODE_* in lethe/abi.h.
  enum class Kind : std::uint8_t { kScalar = 1, kList = 2, kMap = 3 };

  static Node scalar(std::string text, Place place, bool quoted = false);
  static Node list(Place place);
  static Node map(Place place);

  Kind kind() const { return kind_; }
  bool is_scalar() const { return kind_ == Kind::kScalar; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_map() const { return kind_ == Kind::kMap; }
  // "a text", "a list", "a map": for messages.
  std::string_view kind_name() const;
  const Place& place() const { return place_; }

  // Scalars. Empty for the others.
  const std::string& text() const { return text_; }
  const std::string& written() const { return written_; }
  bool quoted() const { return quoted_; }
  // `key:` with nothing behind it.
  bool is_blank() const { return is_scalar() && written_.empty() && !quoted_; }
  bool has_reference() const { return has_reference_; }
  // It holds a reference that was kept: what it stands for is judged by the run.
  bool is_unresolved() const { return has_reference_ && text_ == written_; }
  // True if this scalar or one below it holds a reference to a secret.
  bool contains_reference() const;
  // The text that the written one stands for. reference: it holds a reference to a secret.
  void stand_for(std::string text, bool reference);
  // The same scalar without its first `count` bytes, which must be literal.
  Node without_prefix(std::size_t count) const;

  // Lists. Empty for the others.
  const std::vector<Node>& items() const { return items_; }
  std::vector<Node>& items() { return items_; }
  void push(Node item);

  // Maps. Empty for the others.
  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }
  const Member* find_member(std::string_view name) const;
  const Node* find(std::string_view name) const;
  // Adds a member, or replaces the value of the one with this name.
  void set(std::string name, Place place, Node value);

  std::size_t size() const;   // items or members
  std::size_t count() const;  // nodes in this tree, itself included
  std::size_t depth() const;  // 1 for a scalar

 private:
  Node(Kind kind, Place place) : kind_(kind), place_(std::move(place)) {}

  Kind kind_;
  bool quoted_ = false;
  bool has_reference_ = false;
  Place place_;
  std::string text_;
  std::string written_;
  std::vector<Node> items_;
  std::vector<Member> members_;
};

struct Member {
  std::string name;
  Place place;  // of the name
  Node value;
};

// The node that an option path such as "fields[1].path" or "m['dotted.name']" names; when the path
// leads further than the tree, the last node on the way. `exact` tells which.
struct Located {
  const Node* node;
  bool exact;
};
Located locate(const Node& root, std::string_view path);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_NODE_H_
