// SPDX-License-Identifier: Apache-2.0
//
// Options for a test, built in code as they would stand in a pipeline file:
//
//   OptionsTree options;
//   options.set("words", OptionsTree::list({"alpha", "beta"})).set("with", "***");
//   Redact::make(options.view(), host);
//
// The tree owns its texts; a view lives as long as the tree is neither changed nor moved.

#ifndef LETHE_TESTING_OPTIONS_TREE_H_
#define LETHE_TESTING_OPTIONS_TREE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/abi.h"
#include "lethe/options.h"

namespace lethe::testing {

class OptionsTree {
 public:
  OptionsTree() : kind_(LETHE_NODE_MAP) {}
  OptionsTree(std::string text) : kind_(LETHE_NODE_SCALAR), text_(std::move(text)) {}  // NOLINT
  OptionsTree(const char* text) : OptionsTree(std::string(text)) {}                    // NOLINT
  OptionsTree(bool value) : OptionsTree(value ? "true" : "false") {}                   // NOLINT
  OptionsTree(int value) : OptionsTree(std::to_string(value)) {}                       // NOLINT

  static OptionsTree list(std::vector<OptionsTree> elements) {
    OptionsTree tree;
    tree.kind_ = LETHE_NODE_LIST;
    tree.children_ = std::move(elements);
    return tree;
  }

  // A member of a map; the second of that name stands in place of the first.
  OptionsTree& set(const std::string& name, OptionsTree value) {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == name) {
        children_[i] = std::move(value);
        return *this;
      }
    names_.push_back(name);
    children_.push_back(std::move(value));
    return *this;
  }
  // An element of a list.
  OptionsTree& append(OptionsTree value) {
    children_.push_back(std::move(value));
    return *this;
  }

  lethe_options abi() const noexcept {
    return {sizeof(lethe_options), 0, reinterpret_cast<const lethe_node*>(this), functions()};
  }
  Options view() const noexcept {
    const lethe_options raw = abi();
    return Options(&raw);
  }

 private:
  static const OptionsTree& of(const lethe_node* node) noexcept {
    return *reinterpret_cast<const OptionsTree*>(node);
  }
  static const lethe_node* node(const OptionsTree& tree) noexcept {
    return reinterpret_cast<const lethe_node*>(&tree);
  }
  static const lethe_node* find(const lethe_node* map, lethe_view name) noexcept {
    const OptionsTree& tree = of(map);
    for (std::size_t i = 0; i < tree.names_.size(); ++i)
      if (tree.names_[i] == to_text(name)) return node(tree.children_[i]);
    return nullptr;
  }
  static const lethe_node_functions* functions() noexcept {
    static constexpr lethe_node_functions kFunctions = {
        sizeof(lethe_node_functions),
        0,
        [](const lethe_node* n) -> std::int32_t { return of(n).kind_; },
        [](const lethe_node* n) { return to_view(of(n).text_); },
        [](const lethe_node* n) -> std::uint64_t { return of(n).children_.size(); },
        [](const lethe_node* n, std::uint64_t i) { return node(of(n).children_.at(i)); },
        [](const lethe_node* n, std::uint64_t i) { return to_view(of(n).names_.at(i)); },
        &OptionsTree::find,
    };
    return &kFunctions;
  }

  std::int32_t kind_;
  std::string text_;
  std::vector<std::string> names_;  // of a map: one per child
  std::vector<OptionsTree> children_;
};

}  // namespace lethe::testing

#endif  // LETHE_TESTING_OPTIONS_TREE_H_
