// SPDX-License-Identifier: Apache-2.0
//
// One document's tokens, as stage 1 has indexed them: the grammar of scalars, and a tight loop that
// validates a whole value nobody selected. A walk goes from token to token by pointer, kept in a
// register; functions take the token they are about and return the one behind it, null on failure.
//
// There are no bounds checks, on purpose. A document that begins with a bracket must end with its
// partner (is_walkable), so no scalar is the last token, and a walk that has not finished there
// meets the sentinel behind it: the opening bracket's index, which no grammar allows after a
// closing one. A document that is one scalar has one token, and its sentinel is the document's end.
// Borrowed, const.

#ifndef LETHE_FIELDS_JSON_TOKENS_H_
#define LETHE_FIELDS_JSON_TOKENS_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "plugins/fields/field_editor.h"
#include "plugins/fields/json_stage1.h"

namespace lethe::fields {

constexpr bool is_json_space(char c) noexcept {
  return static_cast<unsigned char>(c) <= 0x20 && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

constexpr TokenKind token_kind(char first) noexcept {
  switch (first) {
    case '{':
      return TokenKind::kObject;
    case '[':
      return TokenKind::kArray;
    case '"':
      return TokenKind::kString;
    case 't':
      return TokenKind::kTrue;
    case 'f':
      return TokenKind::kFalse;
    case 'n':
      return TokenKind::kNull;
    default:
      return TokenKind::kNumber;
  }
}

using Token = const std::uint32_t*;

class Tokens {
 public:
  explicit Tokens(std::string_view document) noexcept
      : text_(document.data()), end_(document.data() + document.size()) {}

  // Whether a walk may begin at the first token; sets the sentinel.
  bool is_walkable(TokenIndexes indexes) const noexcept;

  char first(Token at) const noexcept { return text_[*at]; }
  // The character behind: for a string, its first or the closing quote.
  char after_first(Token at) const noexcept { return text_[*at + 1]; }
  bool is_scalar(Token at) const noexcept;

  // End of a scalar: the next token's begin, less white space.
  std::uint32_t scalar_end(Token at) const noexcept {
    std::uint32_t end = at[1];
    while (is_json_space(text_[end - 1])) --end;
    return end;
  }
  // Where a string begins, behind its quote.
  const char* body(Token at) const noexcept { return text_ + *at + 1; }
  // A string without its quotes.
  std::string_view string_body(Token at) const noexcept {
    return slice(*at + 1, scalar_end(at) - 1);
  }
  std::string_view slice(std::uint32_t begin, std::uint32_t end) const noexcept {
    return {text_ + begin, end - begin};
  }

  // A member's name and colon.
  Token skip_name(Token at) const noexcept {
    return first(at) == '"' && first(at + 1) == ':' ? at + 2 : nullptr;
  }
  // Validates one value around which `depth` containers are open. `error` is set on failure.
  Token skip_value(Token at, std::uint32_t depth, LocateError& error) const noexcept {
    return first(at) == '"' ? at + 1 : skip_other(at, depth, error);
  }

 private:
  Token skip_other(Token at, std::uint32_t depth, LocateError& error) const noexcept;
  Token skip_container(Token at, std::uint32_t depth, LocateError& error) const noexcept;
  bool is_word(Token at, const char* word, std::uint32_t size) const noexcept {
    return scalar_end(at) - *at == size && std::memcmp(text_ + *at, word, size) == 0;
  }
  bool is_number(Token at) const noexcept;
  const char* skip_digits(const char* at) const noexcept;

  const char* text_;
  const char* end_;
};

// The first character at or behind `at` that is no digit. Eight at a time: a timestamp has
// thirteen.
inline const char* Tokens::skip_digits(const char* at) const noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end_ - at >= 8; at += 8) {
      constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0u;
      constexpr std::uint64_t kZeros = 0x3030303030303030u;  // "00000000"
      constexpr std::uint64_t kSix = 0x0606060606060606u;  // carries ':' to '?' out of the thirties
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      const std::uint64_t others = ((word & kHigh) ^ kZeros) | (((word + kSix) & kHigh) ^ kZeros);
      if (others != 0) return at + std::countr_zero(others) / 8;
    }
  }
  while (at != end_ && static_cast<unsigned char>(*at - '0') <= 9) ++at;
  return at;
}

// One JSON number and nothing else up to the token's end; of any length and exponent.
inline bool Tokens::is_number(Token token) const noexcept {
  const char* at = text_ + *token;
  const char* const end = text_ + scalar_end(token);
  if (*at == '-') ++at;
  const char* digits = at;
  at = skip_digits(digits);
  if (at == digits || (*digits == '0' && at != digits + 1)) return false;
  if (at < end && *at == '.') {
    digits = at + 1;
    at = skip_digits(digits);
    if (at == digits) return false;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    digits = at + 1;
    if (digits < end && (*digits == '+' || *digits == '-')) ++digits;
    at = skip_digits(digits);
    if (at == digits) return false;
  }
  return at == end;
}

// A valid scalar; its string bytes stage 1 and the check of the escapes have seen. A bracket is
// none, and it alone may have no token behind it that tells its end. Compared in turn: a jump table
// is mispredicted more often.
inline bool Tokens::is_scalar(Token at) const noexcept {
  const char c = first(at);
  if (c == '"') return true;
  if (c == '-' || static_cast<unsigned char>(c - '0') <= 9) return is_number(at);
  if (c == 't') return is_word(at, "true", 4);
  if (c == 'n') return is_word(at, "null", 4);
  return c == 'f' && is_word(at, "false", 5);
}

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_TOKENS_H_
