// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/option_reference.h"

#include <string_view>
#include <utility>

#include "lethe/options.h"
#include "lethe/strided.h"

namespace lethe::worker::loader {
namespace {

using OptionArray = Strided<const lethe_option>;

OptionArray options_of(const lethe_plugin& plugin) {
  return {plugin.options, plugin.option_stride, plugin.n_options};
}
OptionArray children_of(const lethe_option& option) {
  return {option.children, option.child_stride, option.n_children};
}

std::string_view type_name(std::uint32_t type) {
  constexpr std::string_view kNames[] = {"",     "string", "bool", "int",
                                         "enum", "list",   "map",  "one_of"};
  return kNames[type];
}

// "list of text or map".
std::string type_words(const lethe_option& option) {
  switch (option.type) {
    case LETHE_TYPE_STRING:
      return "text";
    case LETHE_TYPE_BOOL:
      return "true or false";
    case LETHE_TYPE_INT:
      return "integer";
    case LETHE_TYPE_ENUM:
      return std::string(to_text(option.choices));
    case LETHE_TYPE_LIST:
      return "list of " + type_words(children_of(option)[0]);
    case LETHE_TYPE_MAP:
      return "map";
    default:
      break;
  }
  std::string words;
  for (const lethe_option& alternative : children_of(option))
    words.append(words.empty() ? "" : " or ").append(type_words(alternative));
  return words;
}

void append_doc(std::string_view doc, std::string& out) {
  while (!doc.empty()) {
    const std::size_t end = doc.find('\n');
    out.append("      ").append(doc.substr(0, end)).append("\n");
    doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
  }
}

void append_rows(OptionArray options, const std::string& parent, std::string& out);

// Rows for what lies inside an option: members of maps, through lists and alternatives.
void append_inside(const lethe_option& option, const std::string& path, std::string& out) {
  if (option.type == LETHE_TYPE_MAP) append_rows(children_of(option), path + ".", out);
  if (option.type == LETHE_TYPE_LIST) append_inside(children_of(option)[0], path + "[]", out);
  if (option.type != LETHE_TYPE_ONE_OF) return;
  for (const lethe_option& alternative : children_of(option)) append_inside(alternative, path, out);
}

void append_rows(OptionArray options, const std::string& parent, std::string& out) {
  constexpr std::size_t kTypeColumn = 30;
  for (const lethe_option& option : options) {
    const std::string path = parent + std::string(to_text(option.name));
    std::string line = "  " + path;
    line.append(line.size() < kTypeColumn ? kTypeColumn - line.size() : 2, ' ');
    line += type_words(option);
    if ((option.flags & LETHE_OPTION_REQUIRED) != 0) line += ", required";
    if ((option.flags & LETHE_OPTION_SECRET) != 0) line += ", secret";
    if (option.default_text.data != nullptr)
      line.append(", default ").append(to_text(option.default_text));
    out += line + "\n";
    append_doc(to_text(option.doc), out);
    append_inside(option, path, out);
  }
}

json::Array choices(std::string_view text) {
  json::Array all;
  while (true) {
    const std::size_t bar = text.find('|');
    all.emplace_back(text.substr(0, bar));
    if (bar == std::string_view::npos) return all;
    text.remove_prefix(bar + 1);
  }
}

json::Array to_json(OptionArray options) {
  json::Array all;
  for (const lethe_option& option : options) {
    json::Value value;
    value.set("name", to_text(option.name));
    value.set("type", type_name(option.type));
    value.set("required", (option.flags & LETHE_OPTION_REQUIRED) != 0);
    value.set("secret", (option.flags & LETHE_OPTION_SECRET) != 0);
    value.set("doc", to_text(option.doc));
    if (option.default_text.data != nullptr) value.set("default", to_text(option.default_text));
    if (option.type == LETHE_TYPE_ENUM) value.set("choices", choices(to_text(option.choices)));
    if (option.n_children > 0) value.set("children", to_json(children_of(option)));
    all.push_back(std::move(value));
  }
  return all;
}

}  // namespace

std::string options_text(const lethe_plugin& plugin) {
  std::string text;
  append_rows(options_of(plugin), "", text);
  return text;
}

json::Array options_json(const lethe_plugin& plugin) {
  return to_json(options_of(plugin));
}

}  // namespace lethe::worker::loader
