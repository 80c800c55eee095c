// SPDX-License-Identifier: Apache-2.0
#include "kms/base64.h"

namespace lethe::kms {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The bytes of a whole quantum: as many as there are digits, less one.
std::size_t content_of(std::string_view quantum) {
  if (quantum.ends_with("==")) return 1;
  return quantum.ends_with('=') ? 2 : 3;
}

}  // namespace

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    const unsigned bits = static_cast<unsigned>(bytes[at]) << 16 |
                          (left > 1 ? static_cast<unsigned>(bytes[at + 1]) << 8 : 0u) |
                          (left > 2 ? static_cast<unsigned>(bytes[at + 2]) : 0u);
    text += kDigits[bits >> 18];
    text += kDigits[bits >> 12 & 63];
    text += left > 1 ? kDigits[bits >> 6 & 63] : '=';
    text += left > 2 ? kDigits[bits & 63] : '=';
  }
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::string_view quantum = text.substr(at, 4);
    const std::size_t content = at + 4 == text.size() ? content_of(quantum) : 3;
    unsigned bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t digit = i <= content ? kDigits.find(quantum[i]) : 0;
      if (digit == kDigits.npos) return std::nullopt;
      bits = bits << 6 | static_cast<unsigned>(digit);
    }
    for (std::size_t i = 0; i < content; ++i)
      bytes.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i) & 0xff));
    if (content < 3 && (bits & (content == 1 ? 0xffffu : 0xffu)) != 0) return std::nullopt;
  }
  return bytes;
}

}  // namespace lethe::kms
