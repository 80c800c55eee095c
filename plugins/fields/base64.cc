// SPDX-License-Identifier: Apache-2.0
//
// Table loops. Validity is collected in one flag, so that the decoder has no branch per character.
// Before them, where the processor has SSSE3, base64_ssse3.h does most of the work.

#include "plugins/fields/base64.h"

#include <array>

#include "plugins/fields/base64_ssse3.h"

namespace lethe::fields {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kInvalid = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = make_values();

char symbol(std::uint32_t bits) noexcept {
  return kAlphabet[bits & 0x3F];
}

std::uint32_t value(char c) noexcept {
  return kValues[static_cast<unsigned char>(c)];
}

}  // namespace

char* encode_base64(std::span<const std::uint8_t> bytes, char* out) noexcept {
  const std::size_t groups = ssse3::encode(bytes, out);
  out += 16 * groups;
  bytes = bytes.subspan(12 * groups);
  const std::uint8_t* in = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    const std::uint32_t group =
        static_cast<std::uint32_t>(in[0]) << 16 | static_cast<std::uint32_t>(in[1]) << 8 | in[2];
    out[0] = symbol(group >> 18);
    out[1] = symbol(group >> 12);
    out[2] = symbol(group >> 6);
    out[3] = symbol(group);
  }
  if (left == 0) return out;
  const std::uint32_t second = left == 2 ? in[1] : 0u;
  const std::uint32_t group = static_cast<std::uint32_t>(in[0]) << 16 | second << 8;
  *out++ = symbol(group >> 18);
  *out++ = symbol(group >> 12);
  if (left == 2) *out++ = symbol(group >> 6);
  return out;
}

bool decode_base64(std::string_view text, std::uint8_t* out) noexcept {
  const std::size_t groups = ssse3::decode(text, out);
  out += 12 * groups;
  text.remove_prefix(16 * groups);
  const char* in = text.data();
  std::size_t left = text.size();
  std::uint32_t seen = 0;  // bit 7 is set once a character was outside the alphabet
  for (; left >= 4; left -= 4, in += 4, out += 3) {
    const std::uint32_t a = value(in[0]), b = value(in[1]), c = value(in[2]), d = value(in[3]);
    seen |= a | b | c | d;
    out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
    out[2] = static_cast<std::uint8_t>(c << 6 | d);
  }
  if (left == 1) return false;
  if (left != 0) {
    const std::uint32_t a = value(in[0]), b = value(in[1]), c = left == 3 ? value(in[2]) : 0u;
    const std::uint32_t unused = left == 3 ? c & 0x03u : b & 0x0Fu;
    seen |= a | b | c;
    if (unused != 0) return false;
    out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    if (left == 3) out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
  }
  return (seen & 0x80u) == 0;
}

}  // namespace lethe::fields
