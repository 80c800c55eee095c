// SPDX-License-Identifier: Apache-2.0
//
// The plugins that were found, checked and loaded, by kind and name, and a complaint for each
// library or folder that was refused: one bad library does not stop the good ones, but whoever
// misses a plugin is told why. Built once at start by loader.h and immutable afterwards, so it is
// thread-safe; libraries are never unloaded. The tables belong to the libraries.

#ifndef LETHE_WORKER_LOADER_PLUGIN_CATALOG_H_
#define LETHE_WORKER_LOADER_PLUGIN_CATALOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/abi.h"
#include "lethe/result.h"

namespace lethe::worker::loader {

struct LoadedPlugin {
  const lethe_plugin* plugin = nullptr;
  const lethe_module* module = nullptr;
  std::string file;  // the library it came from

  std::string_view name() const noexcept { return {plugin->name.data, plugin->name.size}; }
};

class PluginCatalog {
 public:
  void add(LoadedPlugin plugin) { plugins_.push_back(std::move(plugin)); }

  // All plugins of one library, or none of them: bad_config, naming both files, if another library
  // offers one of them already.
  Result<void> add_library(std::vector<LoadedPlugin> plugins);

  // kind: LETHE_TRANSFORM ...; nullptr when there is none of that name.
  const LoadedPlugin* find(std::uint32_t kind, std::string_view name) const noexcept {
    for (const LoadedPlugin& candidate : plugins_)
      if (candidate.plugin->kind == kind && candidate.name() == name) return &candidate;
    return nullptr;
  }
  const std::vector<LoadedPlugin>& all() const noexcept { return plugins_; }
  // Whether a library of that (canonical) path is in.
  bool has_file(std::string_view file) const noexcept;

  // A sentence about what was refused: file, reason, remedy.
  void complain(std::string sentence) { complaints_.push_back(std::move(sentence)); }
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }

  // What to tell someone who names a plugin that find() did not find: bad_config with the plugins
  // there are, and the complaints, one of which may be the reason.
  Error missing(std::uint32_t kind, std::string_view name) const;

 private:
  std::vector<LoadedPlugin> plugins_;
  std::vector<std::string> complaints_;
};

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_PLUGIN_CATALOG_H_
