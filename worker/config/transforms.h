// SPDX-License-Identifier: Apache-2.0
//
// Reads `transforms`: a list in which each entry names one plugin, in native form ("encrypt:
// {...}") or as an interceptor block (pluginClass, config), with its predicates and its own error
// policy beside it. Options are checked against the loaded plugins. Pure functions.

#ifndef LETHE_WORKER_CONFIG_TRANSFORMS_H_
#define LETHE_WORKER_CONFIG_TRANSFORMS_H_

#include <string>
#include <vector>

#include "worker/config/pipeline_config.h"
#include "worker/config/section.h"
#include "worker/loader/plugin_catalog.h"

namespace lethe::worker::config {

// The plugins to choose from, and where they were looked for (named when one is missing).
struct Plugins {
  const loader::PluginCatalog& catalog;
  std::vector<std::string> folders;
};

// The transform that must never let a failed record pass.
inline constexpr std::string_view kEncrypt = "encrypt";
inline constexpr std::string_view kDecrypt = "decrypt";

std::vector<TransformConfig> read_transforms(Section& root, const Source& source,
                                             const std::string& dataset, const Plugins& plugins,
                                             Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_TRANSFORMS_H_
