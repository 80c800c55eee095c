// SPDX-License-Identifier: Apache-2.0
//
// Times and durations as commands read and print them. Values; any thread.

#ifndef LETHE_WORKER_CLI_TIME_H_
#define LETHE_WORKER_CLI_TIME_H_

#include <chrono>
#include <string>
#include <string_view>

#include "lethe/result.h"

namespace lethe::worker::cli {

// "2026-12-01T00:00:00Z"
std::string to_text(std::chrono::system_clock::time_point time);
// The same back; bad_config for another form, or for a time that does not exist.
Result<std::chrono::system_clock::time_point> to_time(std::string_view text);
// "90s", "15m", "72h", "14d"
Result<std::chrono::milliseconds> to_duration(std::string_view text);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_TIME_H_
