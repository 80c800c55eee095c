// SPDX-License-Identifier: Apache-2.0
//
// The cursor of a walk over one document's token indexes, with the grammar of scalars and a tight
// loop that validates a whole value nobody selected. Borrowed from stage 1, copied freely, one
// thread.
//
// There are no bounds checks, on purpose. A document that begins with a bracket must end with its
// partner (starts_and_ends_alike), so no scalar is the last token and a walk that has not finished
// there meets the sentinel behind it: the index of the opening bracket, which no grammar allows
// after a closing one. A document that is one scalar has one token, and its sentinel is the
// document's end.

#ifndef LETHE_FIELDS_JSON_TOKENS_H_
#define LETHE_FIELDS_JSON_TOKENS_H_

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

// One JSON number, all of [at, end); of any length and exponent.
inline bool is_json_number(const char* at, const char* end) noexcept {
  const auto digits = [&at, end]() noexcept {
    const char* const first = at;
    while (at != end && static_cast<unsigned char>(*at - '0') <= 9) ++at;
    return at != first;
  };
  if (at != end && *at == '-') ++at;
  if (at != end && *at == '0') {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (at != end && *at == '.' && (++at, !digits())) return false;
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return false;
  }
  return at == end;
}

class Tokens {
 public:
  Tokens(std::string_view document, TokenIndexes indexes) noexcept
      : text_(document.data()), at_(indexes.begins) {}

  // Whether a walk may begin; sets the sentinel.
  static bool starts_and_ends_alike(std::string_view document, TokenIndexes indexes) noexcept;

  char peek() const noexcept { return text_[*at_]; }
  char take() noexcept { return text_[*at_++]; }
  std::uint32_t position() const noexcept { return *at_; }
  bool begins_string(std::uint32_t begin) const noexcept { return text_[begin] == '"'; }
  // Begin of the token taken last.
  std::uint32_t taken() const noexcept { return at_[-1]; }
  bool is_at(const std::uint32_t* begin) const noexcept { return at_ == begin; }

  // End of the scalar whose begin was just taken: the next token's begin, less white space.
  std::uint32_t scalar_end() const noexcept {
    std::uint32_t end = *at_;
    while (is_json_space(text_[end - 1])) --end;
    return end;
  }

  // The scalar whose begin was just taken is valid. Strings are, since stage 1 and the check of
  // escapes. A bracket is none, and only behind a bracket may there be no token whose begin ends
  // it.
  bool is_scalar(std::uint32_t begin) const noexcept {
    switch (text_[begin]) {
      case '"':
        return true;
      case 't':
        return is_word(begin, "true", 4);
      case 'n':
        return is_word(begin, "null", 4);
      case 'f':
        return is_word(begin, "false", 5);
      case '{':
      case '}':
      case '[':
      case ']':
        return false;
      default:
        return is_json_number(text_ + begin, text_ + scalar_end());
    }
  }

  std::string_view slice(std::uint32_t begin, std::uint32_t end) const noexcept {
    return {text_ + begin, end - begin};
  }

  // The name that begins at `begin`, without quotes, once its colon is the next token.
  std::string_view name_at(std::uint32_t begin) const noexcept {
    return slice(begin + 1, scalar_end() - 1);
  }

  // Takes and validates one value; `depth` containers are open around it.
  LocateError skip_value(std::uint32_t depth) noexcept {
    const std::uint32_t begin = *at_;
    switch (text_[begin]) {
      case '{':
        ++at_;
        return skip_container(true, depth);
      case '[':
        ++at_;
        return skip_container(false, depth);
      case '"':
        ++at_;
        return LocateError::kNone;
      default:
        ++at_;
        return is_scalar(begin) ? LocateError::kNone : LocateError::kMalformed;
    }
  }

  // The rest of a container whose opening bracket was taken.
  LocateError skip_container(bool is_object, std::uint32_t depth) noexcept;

 private:
  bool is_word(std::uint32_t begin, const char* word, std::uint32_t size) const noexcept {
    return scalar_end() - begin == size && std::memcmp(text_ + begin, word, size) == 0;
  }

  const char* text_;
  const std::uint32_t* at_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_TOKENS_H_
