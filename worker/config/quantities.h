// SPDX-License-Identifier: Apache-2.0
//
// Amounts as people write them: sizes ("64MiB", "1MB", "512") and durations ("500ms", "30s", "10m",
// "2h", "7d"). A whole number and a unit, without a space; a size without a unit is in bytes, a
// duration needs its unit. Pure functions.

#ifndef LETHE_WORKER_CONFIG_QUANTITIES_H_
#define LETHE_WORKER_CONFIG_QUANTITIES_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lethe::worker::config {

// A decimal number that fits, with nothing around it.
std::optional<std::int64_t> parse_integer(std::string_view text);

// Bytes. B, KiB, MiB, GiB, TiB are powers of 1024; kB, MB, GB, TB powers of 1000.
std::optional<std::uint64_t> parse_size(std::string_view text);

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest exact spelling: "64MiB", "1500B".
std::string format_size(std::uint64_t bytes);
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_QUANTITIES_H_
