// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/describe.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "lethe/options.h"
#include "lethe/strided.h"
#include "worker/loader/module_check.h"
#include "worker/loader/option_reference.h"

namespace lethe::worker::loader {
namespace {

std::string kind_of(const LoadedPlugin& plugin) {
  return std::string(kind_name(plugin.plugin->kind));
}

std::string version_of(const LoadedPlugin& plugin) {
  return std::string(to_text(plugin.plugin->version));
}

std::string abi(std::uint32_t minor) {
  return std::to_string(LETHE_ABI_MAJOR) + "." + std::to_string(minor);
}

void pad(std::string& line, std::size_t width) {
  line.append(line.size() < width ? width - line.size() : 1, ' ');
}

std::string row(const LoadedPlugin& plugin) {
  std::string line(plugin.name());
  pad(line, 20);
  line += kind_of(plugin);
  pad(line, 40);
  line += version_of(plugin);
  pad(line, 52);
  return line + plugin.file + "\n";
}

json::Value summary(const LoadedPlugin& plugin) {
  json::Value value;
  value.set("name", plugin.name());
  value.set("kind", kind_of(plugin));
  value.set("version", version_of(plugin));
  value.set("doc", to_text(plugin.plugin->doc));
  value.set("file", plugin.file);
  return value;
}

}  // namespace

std::string list_text(const PluginCatalog& catalog) {
  std::string text;
  for (const LoadedPlugin& plugin : catalog.all()) text += row(plugin);
  if (text.empty()) text = "no plugins\n";
  for (const std::string& complaint : catalog.complaints()) text += "refused: " + complaint + "\n";
  return text;
}

json::Value list_json(const PluginCatalog& catalog) {
  json::Array plugins, refused;
  for (const LoadedPlugin& plugin : catalog.all()) plugins.push_back(summary(plugin));
  for (const std::string& complaint : catalog.complaints()) refused.emplace_back(complaint);
  json::Value value;
  value.set("plugins", std::move(plugins));
  value.set("refused", std::move(refused));
  return value;
}

std::string inspect_text(const std::vector<LoadedPlugin>& library) {
  const lethe_module& module = *library.front().module;
  std::string text = library.front().file + "\n";
  text.append("  module   ").append(to_text(module.name)).append(" ");
  text.append(to_text(module.version)).append("\n");
  text +=
      "  ABI      " + abi(module.abi_minor) + ", needs at least " + abi(module.min_minor) + "\n";
  for (const LoadedPlugin& plugin : library) {
    text += "  plugin   " + std::string(plugin.name()) + " (" + kind_of(plugin) + ") ";
    text.append(version_of(plugin)).append("\n");
  }
  for (std::uint64_t i = 0; i < module.n_messages; ++i)
    text.append("  message  ").append(to_text(module.messages[i])).append("\n");
  return text;
}

json::Value inspect_json(const std::vector<LoadedPlugin>& library) {
  const lethe_module& module = *library.front().module;
  json::Array plugins, messages;
  for (const LoadedPlugin& plugin : library) plugins.push_back(summary(plugin));
  for (std::uint64_t i = 0; i < module.n_messages; ++i)
    messages.emplace_back(to_text(module.messages[i]));
  json::Value value;
  value.set("file", library.front().file);
  value.set("module", to_text(module.name));
  value.set("version", to_text(module.version));
  value.set("abi", abi(module.abi_minor));
  value.set("min_abi", abi(module.min_minor));
  value.set("plugins", std::move(plugins));
  value.set("messages", std::move(messages));
  return value;
}

std::string describe_text(const LoadedPlugin& plugin) {
  std::string text = std::string(plugin.name()) + " " + version_of(plugin) + " (" +
                     kind_of(plugin) + ", " + plugin.file + ")\n";
  text.append(to_text(plugin.plugin->doc)).append("\n\n");
  const std::string reference = options_text(*plugin.plugin);
  return text + (reference.empty() ? "It takes no options.\n" : "Options\n" + reference);
}

json::Value describe_json(const LoadedPlugin& plugin) {
  json::Value value = summary(plugin);
  value.set("options", options_json(*plugin.plugin));
  return value;
}

}  // namespace lethe::worker::loader
