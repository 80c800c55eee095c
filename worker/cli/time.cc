// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/time.h"

#include <charconv>
#include <ctime>
#include <string>

namespace lethe::worker::cli {

std::string to_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

Result<std::chrono::system_clock::time_point> to_time(std::string_view text) {
  std::tm parts{};
  const std::string given(text);
  const char* end = ::strptime(given.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  constexpr int kLastYear = 2200 - 1900;  // well within what 64 bits of nanoseconds hold
  if (end != nullptr && parts.tm_year > kLastYear)
    return bad_config("a time lies before the year 2201");
  const auto time = std::chrono::system_clock::from_time_t(::timegm(&parts));
  // Spelled back: the 31st of February is the 3rd of March to the library.
  if (end == nullptr || *end != '\0' || to_text(time) != given)
    return bad_config("a time is written in UTC, such as 2026-12-01T00:00:00Z");
  return time;
}

Result<std::chrono::milliseconds> to_duration(std::string_view text) {
  const Error malformed = bad_config("a duration is a whole number and a unit, such as 72h or 14d");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t kMost = 1'000'000;
  if (error != std::errc() || end != text.data() + text.size() - 1 || number < 0 || number > kMost)
    return malformed;
  switch (*end) {
    case 's':
      return std::chrono::seconds(number);
    case 'm':
      return std::chrono::minutes(number);
    case 'h':
      return std::chrono::hours(number);
    case 'd':
      return std::chrono::hours(24 * number);
    default:
      return malformed;
  }
}

}  // namespace lethe::worker::cli
