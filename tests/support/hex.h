// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal for known answers in tests. Aborts on anything else, so that a typing error in a test
// cannot pass.

#ifndef LETHE_TESTS_SUPPORT_HEX_H_
#define LETHE_TESTS_SUPPORT_HEX_H_

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lethe::test {

using Octets = std::vector<std::uint8_t>;

inline Octets unhex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    std::abort();
  };
  if (text.size() % 2 != 0) std::abort();
  Octets out;
  for (std::size_t i = 0; i < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  return out;
}

inline std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace lethe::test

#endif  // LETHE_TESTS_SUPPORT_HEX_H_
