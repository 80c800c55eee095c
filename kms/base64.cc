// SPDX-License-Identifier: Apache-2.0
#include "kms/base64.h"

#include <array>
#include <cstddef>

namespace lethe::kms {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNotADigit = 0xFF;
constexpr std::uint32_t kDigitMask = 63;
constexpr char kPadding = '=';

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNotADigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = make_values();

std::uint32_t value_of(char digit) {
  return kValues[static_cast<std::uint8_t>(digit)];
}

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0U;
}

}  // namespace

void append_base64(std::string_view bytes, std::string& out) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t three =
        byte_at(bytes, at) << 16 | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2);
    out.push_back(kDigits[three >> 18]);
    out.push_back(kDigits[three >> 12 & 63]);
    out.push_back(at + 1 < bytes.size() ? kDigits[three >> 6 & 63] : kPadding);
    out.push_back(at + 2 < bytes.size() ? kDigits[three & 63] : kPadding);
  }
}

bool from_base64(std::string_view text, std::string& out) {
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == kPadding)
    ++padding;
  out.resize(text.size() / 4 * 3);
  const std::size_t digits = text.size() - padding;
  std::uint32_t all = 0;  // has a high bit if any of them is no digit
  std::uint32_t four = 0;
  char* to = out.data();
  for (std::size_t at = 0; at < text.size(); at += 4, to += 3) {
    four = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      const std::uint32_t value = i < digits ? value_of(text[i]) : 0U;
      all |= value;
      four = four << 6 | value;
    }
    to[0] = static_cast<char>(four >> 16);
    to[1] = static_cast<char>(four >> 8);
    to[2] = static_cast<char>(four);
  }
  // Bits that padding cuts off are zero in the one text that we write.
  const std::uint32_t cut = four & ((1U << (8 * padding)) - 1);
  out.resize(out.size() - padding);
  return (all & ~kDigitMask) == 0 && cut == 0;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  append_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, text);
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  std::string bytes;
  if (!from_base64(text, bytes)) return std::nullopt;
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

}  // namespace lethe::kms
