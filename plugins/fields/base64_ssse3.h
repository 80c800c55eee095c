// SPDX-License-Identifier: Apache-2.0
//
// Base64url by whole groups of 12 bytes and 16 characters, on SSSE3. What it leaves (the end, an
// invalid character, or everything where the processor lacks the instructions) is for the table
// loops of base64.cc. Private to it. Functions without state; any thread.

#ifndef LETHE_FIELDS_BASE64_SSSE3_H_
#define LETHE_FIELDS_BASE64_SSSE3_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lethe::fields::ssse3 {

// Both return how many groups were done, from the front.
std::size_t encode(std::span<const std::uint8_t> bytes, char* out) noexcept;
// Stops before a group with an invalid character. `out` may be the memory of `text`.
std::size_t decode(std::string_view text, std::uint8_t* out) noexcept;

}  // namespace lethe::fields::ssse3

#endif  // LETHE_FIELDS_BASE64_SSSE3_H_
