// SPDX-License-Identifier: Apache-2.0
#include "worker/config/option_types.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "worker/config/quantities.h"
#include "worker/config/section.h"
#include "worker/config/suggest.h"

namespace lethe::worker::config {
namespace {

std::string_view text_of(lethe_view view) {
  return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}

Strided<const lethe_option> children_of(const lethe_option& spec) {
  return {spec.children, spec.child_stride, spec.n_children};
}

std::vector<std::string_view> split(std::string_view choices) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t bar = choices.find('|');
    words.push_back(choices.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    choices.remove_prefix(bar + 1);
  }
}

std::string describe(const lethe_option& spec) {
  switch (spec.type) {
    case LETHE_TYPE_STRING:
      return "a text";
    case LETHE_TYPE_BOOL:
      return "true or false";
    case LETHE_TYPE_INT:
      return "a whole number";
    case LETHE_TYPE_ENUM:
      return "one of " + join(split(text_of(spec.choices)));
    case LETHE_TYPE_LIST:
      return "a list";
    case LETHE_TYPE_MAP:
      return "a map";
    default:
      break;
  }
  std::string all;
  for (const lethe_option& child : children_of(spec))
    all.append(all.empty() ? "" : " or ").append(describe(child));
  return all;
}

Node::Kind kind_for(const lethe_option& spec) {
  if (spec.type == LETHE_TYPE_LIST) return Node::Kind::kList;
  return spec.type == LETHE_TYPE_MAP ? Node::Kind::kMap : Node::Kind::kScalar;
}

bool could_be(const Node& node, const lethe_option& spec) {
  if (spec.type != LETHE_TYPE_ONE_OF) return kind_for(spec) == node.kind();
  for (const lethe_option& child : children_of(spec))
    if (could_be(node, child)) return true;
  return false;
}

std::string below(const std::string& path, std::string_view name) {
  return (path.empty() ? std::string() : path + ".").append(name);
}

const lethe_option* find(Strided<const lethe_option> specs, std::string_view name) {
  for (const lethe_option& spec : specs)
    if (text_of(spec.name) == name) return &spec;
  return nullptr;
}

std::string unknown(std::string_view name, const std::string& path, std::string_view plugin,
                    Strided<const lethe_option> specs) {
  std::vector<std::string_view> names;
  for (const lethe_option& spec : specs) names.push_back(text_of(spec.name));
  std::string message =
      "unknown option '" + below(path, name) + "' of '" + std::string(plugin) + "'";
  const std::string guess = did_you_mean(name, names);
  if (!guess.empty()) return message + guess;
  return names.empty() ? message + "; it has none" : message + "; known are: " + join(names);
}

}  // namespace

void OptionTypes::check_members(const Node& map, Strided<const lethe_option> specs,
                                const std::string& path, const Place& owner) const {
  for (const Member& member : map.members()) {
    const lethe_option* spec = find(specs, member.name);
    if (spec == nullptr)
      diagnostics_.error(member.place, unknown(member.name, path, plugin_, specs));
    else
      check(member.value, *spec, below(path, member.name), member.place);
  }
  for (const lethe_option& spec : specs)
    if ((spec.flags & LETHE_OPTION_REQUIRED) != 0 && map.find(text_of(spec.name)) == nullptr)
      diagnostics_.error(owner, "'" + std::string(plugin_) + "' needs the option '" +
                                    below(path, text_of(spec.name)) +
                                    "': " + std::string(text_of(spec.doc)));
}

void OptionTypes::check(const Node& node, const lethe_option& spec, const std::string& path,
                        const Place& owner) const {
  if (node.is_blank()) {
    diagnostics_.error(owner, "'" + path + "' must be " + describe(spec) + "; there is no value");
    return;
  }
  if (spec.type == LETHE_TYPE_ONE_OF) return check_one_of(node, spec, path, owner);
  if (kind_for(spec) != node.kind()) return refuse(node, path, describe(spec));
  const bool exact =
      spec.type == LETHE_TYPE_BOOL || spec.type == LETHE_TYPE_INT || spec.type == LETHE_TYPE_ENUM;
  if (exact && node.has_reference())
    return refuse(node, path, describe(spec) + ", written out (references stand in texts only)");
  if (spec.type == LETHE_TYPE_LIST) return check_list(node, spec, path);
  if (spec.type == LETHE_TYPE_MAP) return check_map(node, spec, path, owner);
  if (spec.type == LETHE_TYPE_ENUM) return check_choice(node, spec, path);
  const bool is_bool = node.text() == "true" || node.text() == "false";
  if ((spec.type == LETHE_TYPE_BOOL && !is_bool) ||
      (spec.type == LETHE_TYPE_INT && !parse_integer(node.text())))
    refuse(node, path, describe(spec));
}

void OptionTypes::check_list(const Node& node, const lethe_option& spec,
                             const std::string& path) const {
  if (spec.n_children == 0) return;
  for (std::size_t i = 0; i < node.items().size(); ++i)
    check(node.items()[i], children_of(spec)[0], path + "[" + std::to_string(i) + "]",
          node.items()[i].place());
}

void OptionTypes::check_map(const Node& node, const lethe_option& spec, const std::string& path,
                            const Place& owner) const {
  if (spec.n_children > 0) check_members(node, children_of(spec), path, owner);
}

void OptionTypes::check_choice(const Node& node, const lethe_option& spec,
                               const std::string& path) const {
  const std::vector<std::string_view> words = split(text_of(spec.choices));
  if (std::find(words.begin(), words.end(), node.text()) != words.end()) return;
  refuse(node, path, describe(spec), did_you_mean(node.text(), words));
}

// The alternatives of the node's own kind are tried in order. If none fits, a single one of that
// kind explains what is wrong; of several, only what was wanted is said.
void OptionTypes::check_one_of(const Node& node, const lethe_option& spec, const std::string& path,
                               const Place& owner) const {
  std::vector<const lethe_option*> possible;
  for (const lethe_option& child : children_of(spec))
    if (could_be(node, child)) possible.push_back(&child);
  if (possible.size() == 1) return check(node, *possible.front(), path, owner);
  for (const lethe_option* child : possible) {
    Diagnostics trial;
    OptionTypes(plugin_, trial).check(node, *child, path, owner);
    if (!trial.has_errors()) return;
  }
  refuse(node, path, describe(spec));
}

void OptionTypes::refuse(const Node& node, const std::string& path, std::string_view wanted,
                         std::string_view hint) const {
  std::string message = "'" + path + "' must be " + std::string(wanted);
  if (!node.is_scalar())
    message += ", not " + std::string(node.kind_name());
  else if (!node.has_reference())
    message += ", not " + quote(node);
  diagnostics_.error(node.place(), message.append(hint));
}

}  // namespace lethe::worker::config
