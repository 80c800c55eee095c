// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_string.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace lethe::fields {
namespace {

constexpr std::uint32_t kNotHex = 0xFFFFFFFFu;
constexpr std::size_t kUnicodeEscape = 6;  // \uXXXX

// What the character after a backslash stands for; 0: no such escape. `u` has a form of its own.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  table['"'] = '"';
  table['\\'] = '\\';
  table['/'] = '/';
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

constexpr std::uint32_t hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint32_t>(lower - 'a' + 10);
  return kNotHex;
}

// The code unit of \uXXXX at the front of `text`, or kNotHex.
std::uint32_t code_unit(std::string_view text) noexcept {
  if (text.size() < kUnicodeEscape || text[0] != '\\' || text[1] != 'u') return kNotHex;
  std::uint32_t unit = 0;
  for (std::size_t i = 2; i < kUnicodeEscape; ++i) {
    const std::uint32_t digit = hex_digit(text[i]);
    if (digit == kNotHex) return kNotHex;
    unit = unit << 4 | digit;
  }
  return unit;
}

constexpr bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// Appends the character of the \u escape at the front of `text`, a surrogate pair counting as one.
// Returns the size of what was read, 0 for an unpaired surrogate.
std::size_t append_unicode(std::string_view text, std::string& out) {
  const std::uint32_t unit = code_unit(text);
  if (unit == kNotHex || is_low_surrogate(unit)) return 0;
  if (!is_high_surrogate(unit)) {
    append_utf8(unit, out);
    return kUnicodeEscape;
  }
  const std::uint32_t low = code_unit(text.substr(kUnicodeEscape));
  if (low == kNotHex || !is_low_surrogate(low)) return 0;
  append_utf8(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
  return 2 * kUnicodeEscape;
}

constexpr std::uint64_t repeat(std::uint8_t byte) {
  return 0x0101010101010101u * byte;
}

// High bit of each byte of `word` that is zero; exact up to the lowest one, which is all we ask.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - repeat(1)) & ~word & repeat(0x80);
}

}  // namespace

const char* string_stop(const char* at, const char* end) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - at >= 8; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      const std::uint64_t control = (word - repeat(0x20)) & ~word & repeat(0x80);
      const std::uint64_t stops = zero_bytes(word ^ repeat('"')) | zero_bytes(word ^ repeat('\\'));
      if ((stops | control) != 0) return at + std::countr_zero(stops | control) / 8;
    }
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

bool escapes_are_valid(std::string_view text) noexcept {
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    if (at + 1 == text.size()) return false;
    if (text[at + 1] == 'u') {
      if (code_unit(text.substr(at)) == kNotHex) return false;
      at += kUnicodeEscape;
    } else {
      if (kEscapes[static_cast<unsigned char>(text[at + 1])] == 0) return false;
      at += 2;
    }
  }
  return true;
}

bool append_decoded(std::string_view body, std::string& out) {
  const std::size_t before = out.size();
  while (!body.empty()) {
    const std::size_t plain = std::min(body.find('\\'), body.size());
    out.append(body.substr(0, plain));
    body.remove_prefix(plain);
    if (body.size() < 2) break;
    std::size_t read = 2;
    if (body[1] == 'u') {
      read = append_unicode(body, out);
    } else {
      out.push_back(kEscapes[static_cast<unsigned char>(body[1])]);
    }
    if (read == 0) {
      out.resize(before);
      return false;
    }
    body.remove_prefix(read);
  }
  return true;
}

bool decodes_to_prefix(std::string_view body, std::string_view prefix) noexcept {
  for (const char expected : prefix) {
    if (body.empty()) return false;
    std::uint32_t got = static_cast<unsigned char>(body[0]);
    std::size_t read = 1;
    if (body[0] == '\\') {
      if (body.size() < 2) return false;
      const bool unicode = body[1] == 'u';
      got = unicode ? code_unit(body)
                    : static_cast<unsigned char>(kEscapes[static_cast<unsigned char>(body[1])]);
      read = unicode ? kUnicodeEscape : 2;
    }
    if (got != static_cast<unsigned char>(expected)) return false;
    body.remove_prefix(read);
  }
  return true;
}

}  // namespace lethe::fields
