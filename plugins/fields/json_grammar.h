// SPDX-License-Identifier: Apache-2.0
//
// RFC 8259 by the letter, for single values: is this the exact source of one JSON value, and where
// do its members lie. No numbers are computed, no tree is built, nothing is allocated. Documents
// are the field editor's matter; this serves sealed plaintexts and carriers. Any thread.

#ifndef LETHE_FIELDS_JSON_GRAMMAR_H_
#define LETHE_FIELDS_JSON_GRAMMAR_H_

#include <cstddef>
#include <string_view>

namespace lethe::fields {

inline constexpr std::size_t kMaxJsonDepth = 1024;

// One JSON value in well-formed UTF-8, without white space around it, nested at most kMaxJsonDepth
// deep.
bool is_json_value(std::string_view token) noexcept;

// Goes over source text token by token. The text must be UTF-8; each read_ and skip_ returns false
// where the grammar ends, and the cursor is then of no further use.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) noexcept : rest_(text) {}

  bool at_end() const noexcept { return rest_.empty(); }
  char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
  void skip_space() noexcept;
  // Takes `c` if it comes next.
  bool skip(char c) noexcept;
  // A string token; body: what stands between the quotes, its escapes valid.
  bool read_string(std::string_view& body) noexcept;
  // Any value; token: its exact source.
  bool read_value(std::string_view& token) noexcept;

 private:
  bool skip_literal(std::string_view literal) noexcept;
  bool skip_digits() noexcept;
  bool skip_number() noexcept;
  bool skip_scalar() noexcept;
  bool skip_container() noexcept;
  bool skip_value() noexcept;

  std::string_view rest_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_GRAMMAR_H_
