// SPDX-License-Identifier: Apache-2.0
//
// Text of a plugin on its way into a complaint, a terminal or a log: only printable ASCII, and not
// much of it. A library we have just refused must not be able to move the cursor, forge a second
// log line or fill the screen. Pure functions, thread-safe.

#ifndef LETHE_WORKER_LOADER_PRINTABLE_H_
#define LETHE_WORKER_LOADER_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "lethe/abi.h"

namespace lethe::worker::loader {

inline constexpr std::size_t kQuotedLength = 64;

// Everything outside ' '..'~' becomes '?'; what is longer than `limit` is cut and ends in "...".
std::string printable(std::string_view text, std::size_t limit = kQuotedLength);

// The same of a view that may be null or lie about its size: at most `limit` bytes are looked at.
std::string printable(const lethe_view& text, std::size_t limit = kQuotedLength);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_PRINTABLE_H_
