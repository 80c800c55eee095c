// SPDX-License-Identifier: Apache-2.0
//
// Magnitudes are little-endian bytes in between; the sign is applied at the end.

#include "plugins/fields/decimal.h"

#include <algorithm>

namespace lethe::fields {
namespace {

using Bytes = std::vector<std::uint8_t>;

void multiply_add(Bytes& magnitude, unsigned factor, unsigned addend) {
  unsigned carry = addend;
  for (std::uint8_t& byte : magnitude) {
    const unsigned product = byte * factor + carry;
    byte = static_cast<std::uint8_t>(product);
    carry = product >> 8;
  }
  if (carry != 0) magnitude.push_back(static_cast<std::uint8_t>(carry));
}

// Divides by ten and returns the remainder.
unsigned divide_by_ten(Bytes& magnitude) {
  unsigned remainder = 0;
  for (auto byte = magnitude.rbegin(); byte != magnitude.rend(); ++byte) {
    const unsigned dividend = remainder << 8 | *byte;
    *byte = static_cast<std::uint8_t>(dividend / 10);
    remainder = dividend % 10;
  }
  while (!magnitude.empty() && magnitude.back() == 0) magnitude.pop_back();
  return remainder;
}

// x -> -x modulo 2^(8 * size).
void negate(Bytes& number) {
  unsigned carry = 1;
  for (std::uint8_t& byte : number) {
    const unsigned sum = static_cast<std::uint8_t>(~byte) + carry;
    byte = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
}

void shorten(Bytes& number) {
  const auto redundant = [&] {
    const std::uint8_t top = number.back();
    const bool next_negative = (number[number.size() - 2] & 0x80) != 0;
    return top == (next_negative ? 0xFF : 0x00);
  };
  while (number.size() > 1 && redundant()) number.pop_back();
}

}  // namespace

std::optional<Bytes> to_twos_complement(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  Bytes number;
  for (const char digit : digits) multiply_add(number, 10, static_cast<unsigned>(digit - '0'));
  number.push_back(0);  // room for the sign
  if (negative) negate(number);
  shorten(number);
  std::reverse(number.begin(), number.end());
  return number;
}

std::string to_digits(std::span<const std::uint8_t> bytes) {
  Bytes magnitude(bytes.rbegin(), bytes.rend());
  const bool negative = (bytes.front() & 0x80) != 0;
  if (negative) negate(magnitude);
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + divide_by_ten(magnitude)));
  } while (!magnitude.empty());
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace lethe::fields
