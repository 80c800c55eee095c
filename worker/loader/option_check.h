// SPDX-License-Identifier: Apache-2.0
//
// Judges the options that a plugin declares: a tree of lethe_option, walked with a bound on depth
// and on the number of nodes, since a broken or hostile table may point at itself. What passes here
// can be printed, listed and used to check a configuration without further care.

#ifndef LETHE_WORKER_LOADER_OPTION_CHECK_H_
#define LETHE_WORKER_LOADER_OPTION_CHECK_H_

#include <cstdint>
#include <string>

#include "lethe/abi.h"
#include "lethe/result.h"

namespace lethe::worker::loader {

inline constexpr int kMaxOptionDepth = 16;
inline constexpr std::uint64_t kMaxOptions = 4096;  // of one plugin, all levels

// bad_config: an option is garbage; the message names file, plugin, option path and remedy.
Result<void> check_options(const lethe_plugin& plugin, const std::string& file);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_OPTION_CHECK_H_
