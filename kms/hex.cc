// SPDX-License-Identifier: Apache-2.0
#include "kms/hex.h"

#include <array>

namespace lethe::kms {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::array<std::size_t, 4> kDashes = {8, 13, 18, 23};

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) text.append({kDigits[byte >> 4], kDigits[byte & 15]});
  return text;
}

bool from_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t high = kDigits.find(text[2 * i]);
    const std::size_t low = kDigits.find(text[2 * i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::string to_uuid(const store::DekId& id) {
  std::string text = to_hex(id.bytes);
  for (const std::size_t at : kDashes) text.insert(at, 1, '-');
  return text;
}

bool from_uuid(std::string_view text, store::DekId& id) {
  if (text.size() != 36) return false;
  for (const std::size_t at : kDashes)
    if (text[at] != '-') return false;
  std::string digits(text);
  for (std::size_t i = kDashes.size(); i-- > 0;) digits.erase(kDashes[i], 1);
  return from_hex(digits, id.bytes);
}

}  // namespace lethe::kms
