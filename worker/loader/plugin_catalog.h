// SPDX-License-Identifier: Apache-2.0
//
// The plugins that were found, checked and loaded, by kind and name. Built once at start by
// loader.h and immutable afterwards, so it is thread-safe; libraries are never unloaded. The tables
// belong to the libraries.

#ifndef LETHE_WORKER_LOADER_PLUGIN_CATALOG_H_
#define LETHE_WORKER_LOADER_PLUGIN_CATALOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/abi.h"

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

  // kind: LETHE_TRANSFORM ...; nullptr when there is none of that name.
  const LoadedPlugin* find(std::uint32_t kind, std::string_view name) const noexcept {
    for (const LoadedPlugin& candidate : plugins_)
      if (candidate.plugin->kind == kind && candidate.name() == name) return &candidate;
    return nullptr;
  }
  const std::vector<LoadedPlugin>& all() const noexcept { return plugins_; }

 private:
  std::vector<LoadedPlugin> plugins_;
};

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_PLUGIN_CATALOG_H_
