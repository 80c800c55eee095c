// SPDX-License-Identifier: Apache-2.0
//
// Runs one golden record through a loaded plugin, as a task would: check, make, apply, destroy,
// with the fakes of the testing kit for a host. Each record meets an instance of its own.

#ifndef LETHE_PLUGINS_SDK_TESTING_HARNESS_H_
#define LETHE_PLUGINS_SDK_TESTING_HARNESS_H_

#include <string>
#include <vector>

#include "plugins/sdk/testing/golden.h"
#include "worker/loader/plugin_catalog.h"

namespace lethe::testing {

// What differs from the golden record, a line each; empty when all agrees.
std::vector<std::string> disagreements(const std::vector<worker::loader::LoadedPlugin>& library,
                                       const GoldenRecord& golden);

}  // namespace lethe::testing

#endif  // LETHE_PLUGINS_SDK_TESTING_HARNESS_H_
