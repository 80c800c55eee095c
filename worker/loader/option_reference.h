// SPDX-License-Identifier: Apache-2.0
//
// The options of a plugin in words, from what it declares: a reference for people, with nested
// options by their path, and the same tree for machines. Pure functions over a checked table.

#ifndef LETHE_WORKER_LOADER_OPTION_REFERENCE_H_
#define LETHE_WORKER_LOADER_OPTION_REFERENCE_H_

#include <string>

#include "json/json.h"
#include "lethe/abi.h"

namespace lethe::worker::loader {

// "  fields[].path     text, required\n      Where.\n" for each option; empty when there is none.
std::string options_text(const lethe_plugin& plugin);

json::Array options_json(const lethe_plugin& plugin);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_OPTION_REFERENCE_H_
