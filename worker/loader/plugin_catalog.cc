// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/plugin_catalog.h"

#include <algorithm>
#include <iterator>

#include "worker/loader/module_check.h"
#include "worker/loader/printable.h"
#include "worker/loader/refusal.h"

namespace lethe::worker::loader {

Result<void> PluginCatalog::add_library(std::vector<LoadedPlugin> plugins) {
  for (const LoadedPlugin& plugin : plugins)
    if (const LoadedPlugin* taken = find(plugin.plugin->kind, plugin.name()))
      return refused(
          plugin.file,
          "offers the plugin \"" + printable(plugin.name()) + "\", and so does " + taken->file,
          "take one of the two out of the plugin folders");
  std::move(plugins.begin(), plugins.end(), std::back_inserter(plugins_));
  return {};
}

bool PluginCatalog::has_file(std::string_view file) const noexcept {
  return std::any_of(plugins_.begin(), plugins_.end(),
                     [&](const LoadedPlugin& plugin) { return plugin.file == file; });
}

Error PluginCatalog::missing(std::uint32_t kind, std::string_view name) const {
  const std::string what(kind_name(kind));
  std::string names;
  for (const LoadedPlugin& plugin : plugins_)
    if (plugin.plugin->kind == kind) names.append(names.empty() ? "" : ", ").append(plugin.name());
  std::string text = "there is no " + what + " \"" + printable(name) + "\"";
  text +=
      names.empty() ? "; no " + what + " was found in the plugin folders" : "; there are " + names;
  for (const std::string& complaint : complaints_) text += "; refused: " + complaint;
  return bad_config(std::move(text));
}

}  // namespace lethe::worker::loader
