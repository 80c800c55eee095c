// SPDX-License-Identifier: Apache-2.0
//
// Times of the journal: `YYYY-MM-DDThh:mm:ss.sssZ`, UTC, one spelling for each millisecond of the
// years 0000 to 9999. Any thread.

#ifndef LETHE_KMS_JOURNAL_TIME_TEXT_H_
#define LETHE_KMS_JOURNAL_TIME_TEXT_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lethe::kms::journal {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

std::string to_text(Time time);
// Nothing: another form, or a day or time that does not exist.
std::optional<Time> to_time(std::string_view text);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_TIME_TEXT_H_
