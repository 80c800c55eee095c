// SPDX-License-Identifier: Apache-2.0
//
// Well-formed UTF-8 as the Unicode standard's table 3-7 has it: no overlong forms, no surrogates,
// nothing above U+10FFFF. Used wherever text enters a persisted format. Thread-safe, no state.

#ifndef LETHE_UTF8_H_
#define LETHE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lethe {

namespace utf8_detail {

// Length of the well-formed sequence of two or more bytes that text begins with, or 0.
inline std::size_t sequence_length(const unsigned char* s, std::size_t left) noexcept {
  const auto tail = [&](std::size_t i) { return (s[i] & 0xC0u) == 0x80u; };
  if (s[0] >= 0xC2 && s[0] <= 0xDF) return left >= 2 && tail(1) ? 2 : 0;
  if ((s[0] & 0xF0u) == 0xE0) {
    if (left < 3 || !tail(1) || !tail(2)) return 0;
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0;  // overlong
    if (s[0] == 0xED && s[1] > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (s[0] >= 0xF0 && s[0] <= 0xF4) {
    if (left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
    if (s[0] == 0xF0 && s[1] < 0x90) return 0;  // overlong
    if (s[0] == 0xF4 && s[1] > 0x8F) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace utf8_detail

inline bool is_utf8(std::string_view text) noexcept {
  const auto* s = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left != 0) {
    std::uint64_t eight = 0;
    if (left >= 8) std::memcpy(&eight, s, 8);
    std::size_t step = 1;
    if (left >= 8 && (eight & 0x8080808080808080u) == 0) {
      step = 8;
    } else if (*s >= 0x80) {
      step = utf8_detail::sequence_length(s, left);
      if (step == 0) return false;
    }
    s += step;
    left -= step;
  }
  return true;
}

}  // namespace lethe

#endif  // LETHE_UTF8_H_
