// SPDX-License-Identifier: Apache-2.0
//
// How the loader says no: one sentence that names the file, what is wrong with it and the remedy.

#ifndef LETHE_WORKER_LOADER_REFUSAL_H_
#define LETHE_WORKER_LOADER_REFUSAL_H_

#include <string>
#include <string_view>

#include "lethe/result.h"

namespace lethe::worker::loader {

// Remedies that several refusals share.
inline constexpr std::string_view kRebuild = "rebuild it against the SDK of this worker";
inline constexpr std::string_view kMend =
    "have its author mend it, or take it out of the plugin folder";

inline Error refused(const std::string& file, std::string_view what, std::string_view remedy) {
  return bad_config(std::string(file).append(": ").append(what).append(": ").append(remedy));
}

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_REFUSAL_H_
