// SPDX-License-Identifier: Apache-2.0
//
// base64url without padding (RFC 4648, section 5), canonical only: one text per byte string. No
// white space, no '=', unused bits zero. On the way of every record, so nothing allocates. Any
// thread.

#ifndef LETHE_FIELDS_BASE64_H_
#define LETHE_FIELDS_BASE64_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lethe::fields {

// Characters for `size` bytes.
constexpr std::size_t base64_size(std::size_t size) noexcept {
  return size / 3 * 4 + (size % 3 == 0 ? 0 : size % 3 + 1);
}
// Bytes in `size` characters, if they are valid at all.
constexpr std::size_t base64_decoded_size(std::size_t size) noexcept {
  return size / 4 * 3 + (size % 4 == 0 ? 0 : size % 4 - 1);
}

// Writes base64_size(bytes.size()) characters and returns the end.
char* encode_base64(std::span<const std::uint8_t> bytes, char* out) noexcept;

// Writes base64_decoded_size(text.size()) bytes. False: not canonical, and `out` holds anything.
// `out` may be the memory of `text` itself.
bool decode_base64(std::string_view text, std::uint8_t* out) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_BASE64_H_
