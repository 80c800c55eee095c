// SPDX-License-Identifier: Apache-2.0
//
// The little that configuration needs to know of UTF-8: whether a text is valid, and how many
// characters some bytes are, since a column counts characters. Pure functions.

#ifndef LETHE_WORKER_CONFIG_UTF8_H_
#define LETHE_WORKER_CONFIG_UTF8_H_

#include <cstddef>
#include <string_view>

namespace lethe::worker::config {

// The number of bytes that are valid UTF-8 (no surrogates, no overlong forms) from the start.
std::size_t valid_prefix(std::string_view text);

// The number of characters in valid UTF-8.
std::size_t count_characters(std::string_view text);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_UTF8_H_
