// SPDX-License-Identifier: Apache-2.0
//
// Finds, checks and loads plugins. A library passes four gates before its functions are called: its
// file and folder may be written by nobody else (trusted_path.h), a child process survives loading
// it (rehearsal.h), it speaks our ABI (library.h), and its tables make sense (module_check.h).
//
// Called once at start by wiring, before any thread is started. Nothing is ever unloaded.

#ifndef LETHE_WORKER_LOADER_LOADER_H_
#define LETHE_WORKER_LOADER_LOADER_H_

#include <string>
#include <vector>

#include "lethe/result.h"
#include "worker/loader/plugin_catalog.h"

namespace lethe::worker::loader {

// Where to look: <folder of the executable>/../lib/lethe/plugins if it exists, then the configured
// plugin_path, in that order.
std::vector<std::string> plugin_folders(const std::vector<std::string>& configured);

// Loads every lethe-*.so of these folders, by name within a folder. What is refused becomes a
// complaint of the catalog; the rest is in it.
PluginCatalog load_plugins(const std::vector<std::string>& folders);

// The plugins of one library. bad_config: refused, with file, reason and remedy.
Result<std::vector<LoadedPlugin>> load_library(const std::string& path);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_LOADER_H_
