// SPDX-License-Identifier: Apache-2.0
//
// Points in time as requests and acknowledgements write them: YYYY-MM-DDThh:mm:ss.sssZ, always UTC;
// read also without the fraction. Pure functions.

#ifndef LETHE_WORKER_INBOX_ISO_TIME_H_
#define LETHE_WORKER_INBOX_ISO_TIME_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lethe::worker::inbox {

using Time = std::chrono::system_clock::time_point;

std::string to_iso(Time time);
// Nothing: another form, or no such date.
std::optional<Time> parse_iso(std::string_view text);

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_ISO_TIME_H_
