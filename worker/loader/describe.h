// SPDX-License-Identifier: Apache-2.0
//
// Plugins in words: what `lethe plugins list`, `inspect` and `describe` print and what REST
// answers, as text for people and as JSON for machines. Everything comes from the tables; no plugin
// code runs. The options' reference page is made of the same. Pure functions over checked plugins.

#ifndef LETHE_WORKER_LOADER_DESCRIBE_H_
#define LETHE_WORKER_LOADER_DESCRIBE_H_

#include <string>
#include <vector>

#include "json/json.h"
#include "worker/loader/plugin_catalog.h"

namespace lethe::worker::loader {

// list: a line per plugin (name, kind, version, file), then the complaints.
std::string list_text(const PluginCatalog& catalog);
// {"plugins": [{"name", "kind", "version", "doc", "file"}], "refused": ["sentence"]}
json::Value list_json(const PluginCatalog& catalog);

// inspect: one library as load_library() gave it: its module, ABI, plugins and declared messages.
std::string inspect_text(const std::vector<LoadedPlugin>& library);
// {"file", "module", "version", "abi", "min_abi", "plugins": [...], "messages": [...]}
json::Value inspect_json(const std::vector<LoadedPlugin>& library);

// describe: one plugin and the reference of its options; nested ones by path ("fields[].path").
std::string describe_text(const LoadedPlugin& plugin);
// {"name", "kind", "version", "doc", "file", "options": [{"name", "type", "required", "secret",
//  "doc", "default"?, "choices"?, "children"?}]}
json::Value describe_json(const LoadedPlugin& plugin);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_DESCRIBE_H_
