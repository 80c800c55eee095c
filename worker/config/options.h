// SPDX-License-Identifier: Apache-2.0
//
// Options for plugins: a map of the configuration as the tree that crosses the plugin ABI, and its
// check against what a plugin declares (names, types, choices, required ones) and says itself (its
// check()). Every complaint points at the line in the file. Thread-safe as long as nobody changes
// the tree.

#ifndef LETHE_WORKER_CONFIG_OPTIONS_H_
#define LETHE_WORKER_CONFIG_OPTIONS_H_

#include <string_view>

#include "lethe/abi.h"
#include "worker/config/diagnostics.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

// The map as the ABI sees it: texts are what they stand for, a blank value is not given. The node
// must stay where it is for the whole of check() or make().
lethe_options as_options(const Node& map);

// Complains about options that the plugin cannot take. owner: where to point at when something is
// missing. What depends on a reference that is not resolved yet is left for the run; where
// references are resolved, the plugin's own words are withheld, since they may quote a secret.
void check_options(const Node& options, const lethe_plugin& plugin, const Place& owner,
                   Diagnostics& diagnostics);

// The declared option of that name at the top, or nullptr.
const lethe_option* find_option(const lethe_plugin& plugin, std::string_view name);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_OPTIONS_H_
