// SPDX-License-Identifier: Apache-2.0
//
// The predicates that need no library: topic, header, tombstone. They stand in the catalog beside
// the plugins, so that lint, `plugins list` and `describe` treat them alike, and are made here.
// Pure functions.

#ifndef LETHE_WORKER_PIPELINE_BUILTIN_PREDICATES_H_
#define LETHE_WORKER_PIPELINE_BUILTIN_PREDICATES_H_

#include <memory>
#include <string_view>

#include "worker/loader/plugin_catalog.h"
#include "worker/pipeline/predicate.h"

namespace lethe::worker::pipeline {

// What LoadedPlugin::file says of them.
inline constexpr std::string_view kBuiltIn = "built in";

void add_builtin_predicates(loader::PluginCatalog& catalog);

// One of them by name, from checked options. internal: no such predicate.
Result<std::unique_ptr<Predicate>> make_builtin_predicate(std::string_view name,
                                                          const lethe_options& options,
                                                          std::string_view dataset);

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_BUILTIN_PREDICATES_H_
