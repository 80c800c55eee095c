// SPDX-License-Identifier: Apache-2.0
#include "worker/config/options.h"

#include <string>
#include <utility>

#include "lethe/strided.h"
#include "worker/config/option_types.h"

namespace lethe::worker::config {
namespace {

const Node* from_abi(const lethe_node* node) {
  return reinterpret_cast<const Node*>(node);
}
const lethe_node* to_abi(const Node* node) {
  return reinterpret_cast<const lethe_node*>(node);
}
lethe_view to_abi(const std::string& text) {
  return {text.data(), text.size()};
}
std::string_view from_abi(lethe_view view) {
  return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}

const Node* child(const Node& node, std::uint64_t index) {
  if (index >= node.size()) return nullptr;
  const auto i = static_cast<std::size_t>(index);
  return node.is_map() ? &node.members()[i].value : &node.items()[i];
}

const lethe_node_functions kFunctions = {
    sizeof(lethe_node_functions),
    0,
    [](const lethe_node* node) { return static_cast<std::int32_t>(from_abi(node)->kind()); },
    [](const lethe_node* node) { return to_abi(from_abi(node)->text()); },
    [](const lethe_node* node) { return static_cast<std::uint64_t>(from_abi(node)->size()); },
    [](const lethe_node* node, std::uint64_t index) {
      return to_abi(child(*from_abi(node), index));
    },
    [](const lethe_node* node, std::uint64_t index) -> lethe_view {
      const Node& map = *from_abi(node);
      if (!map.is_map() || index >= map.size()) return {nullptr, 0};
      return to_abi(map.members()[static_cast<std::size_t>(index)].name);
    },
    [](const lethe_node* node, lethe_view name) {
      const Node* value = from_abi(node)->find(from_abi(name));
      return to_abi(value == nullptr || value->is_blank() ? nullptr : value);
    },
};

// Turns the complaints of one plugin into diagnostics.
struct Complaints {
  const Node& options;
  const Place& owner;
  std::string_view plugin;
  Diagnostics& diagnostics;
  bool withheld = false;  // some text of the tree is a resolved secret
  std::size_t count = 0;

  void add(std::string_view path, std::string_view text) {
    ++count;
    const Located located = locate(options, path);
    if (located.node->contains_reference() && !withheld) return;  // judged by the run
    const Place& place = located.node == &options ? owner : located.node->place();
    std::string message = "'" + std::string(plugin) + "'";
    if (!path.empty()) message.append(" refuses '").append(path).append("'");
    message.append(": ").append(
        withheld ? "its words are withheld, since they may quote a resolved reference" : text);
    diagnostics.error(place, std::move(message));
  }
};

// A reference has been resolved if the text differs from what is written.
bool has_resolved(const Node& node) {
  if (node.is_scalar()) return node.has_reference() && !node.is_unresolved();
  for (const Node& item : node.items())
    if (has_resolved(item)) return true;
  for (const Member& member : node.members())
    if (has_resolved(member.value)) return true;
  return false;
}

void ask_plugin(const Node& options, const lethe_plugin& plugin, const Place& owner,
                Diagnostics& diagnostics) {
  if (plugin.check == nullptr) return;
  Complaints complaints{options, owner, from_abi(plugin.name), diagnostics, has_resolved(options)};
  const lethe_report report = {
      sizeof(lethe_report), 0, &complaints, [](void* self, lethe_view path, lethe_view text) {
        static_cast<Complaints*>(self)->add(from_abi(path), from_abi(text));
      }};
  const lethe_options view = as_options(options);
  std::int32_t answer = LETHE_INTERNAL;
  try {
    answer = plugin.check(&view, &report);
  } catch (...) {  // a plugin that breaks the rule of the ABI; what it threw may quote anything
    answer = LETHE_INTERNAL;
  }
  if (answer != LETHE_OK && complaints.count == 0)
    diagnostics.error(owner, "'" + std::string(complaints.plugin) +
                                 "' could not check its options; this is a bug in the plugin");
}

}  // namespace

lethe_options as_options(const Node& map) {
  return {sizeof(lethe_options), 0, to_abi(&map), &kFunctions};
}

void check_options(const Node& options, const lethe_plugin& plugin, const Place& owner,
                   Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.reported_errors();
  const Strided<const lethe_option> specs(plugin.options, plugin.option_stride, plugin.n_options);
  OptionTypes(from_abi(plugin.name), diagnostics).check_members(options, specs, "", owner);
  // A plugin may rely on the types that it declares.
  if (diagnostics.reported_errors() == errors_before)
    ask_plugin(options, plugin, owner, diagnostics);
}

const lethe_option* find_option(const lethe_plugin& plugin, std::string_view name) {
  const Strided<const lethe_option> specs(plugin.options, plugin.option_stride, plugin.n_options);
  for (const lethe_option& spec : specs)
    if (from_abi(spec.name) == name) return &spec;
  return nullptr;
}

}  // namespace lethe::worker::config
