// SPDX-License-Identifier: Apache-2.0
//
// Nesting is kept in a bit per level, so that a deep value costs no stack.

#include "plugins/fields/json_grammar.h"

#include <bitset>

#include "lethe/utf8.h"
#include "plugins/fields/json_string.h"

namespace lethe::fields {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_json_value(std::string_view token) noexcept {
  if (!is_utf8(token)) return false;
  JsonCursor cursor(token);
  std::string_view value;
  return cursor.read_value(value) && cursor.at_end();
}

void JsonCursor::skip_space() noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
}

bool JsonCursor::skip(char c) noexcept {
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonCursor::skip_literal(std::string_view literal) noexcept {
  if (!rest_.starts_with(literal)) return false;
  rest_.remove_prefix(literal.size());
  return true;
}

bool JsonCursor::read_string(std::string_view& body) noexcept {
  if (!skip('"')) return false;
  const char* const begin = rest_.data();
  const char* const end = begin + rest_.size();
  const char* at = begin;
  bool escapes = false;
  while ((at = string_stop(at, end)) != end && *at == '\\') {
    escapes = true;
    if (end - at < 2) return false;
    at += 2;
  }
  if (at == end || *at != '"') return false;
  body = rest_.substr(0, static_cast<std::size_t>(at - begin));
  rest_.remove_prefix(body.size() + 1);
  return !escapes || escapes_are_valid(body);
}

bool JsonCursor::skip_digits() noexcept {
  std::size_t size = 0;
  while (size < rest_.size() && is_digit(rest_[size])) ++size;
  rest_.remove_prefix(size);
  return size != 0;
}

bool JsonCursor::skip_number() noexcept {
  skip('-');
  if (!skip('0') && !skip_digits()) return false;
  if (skip('.') && !skip_digits()) return false;
  if (!skip('e') && !skip('E')) return true;
  if (!skip('+')) skip('-');
  return skip_digits();
}

bool JsonCursor::skip_scalar() noexcept {
  std::string_view body;
  switch (peek()) {
    case '"':
      return read_string(body);
    case 't':
      return skip_literal("true");
    case 'f':
      return skip_literal("false");
    case 'n':
      return skip_literal("null");
    default:
      return skip_number();
  }
}

bool JsonCursor::skip_value() noexcept {
  return peek() == '{' || peek() == '[' ? skip_container() : skip_scalar();
}

// One turn per value: its opening, then everything up to the next place where a value must stand.
bool JsonCursor::skip_container() noexcept {
  std::bitset<kMaxJsonDepth> objects;  // per open level: object or array
  std::size_t depth = 0;
  std::string_view key;
  const auto read_key = [&] {
    skip_space();
    if (!read_string(key)) return false;
    skip_space();
    if (!skip(':')) return false;
    skip_space();
    return true;
  };
  while (true) {
    if (peek() == '{' || peek() == '[') {
      const bool object = peek() == '{';
      if (depth == kMaxJsonDepth) return false;
      rest_.remove_prefix(1);
      skip_space();
      if (!skip(object ? '}' : ']')) {
        objects[depth++] = object;
        if (object && !read_key()) return false;
        continue;
      }
    } else if (!skip_scalar()) {
      return false;
    }
    while (true) {  // a value has ended
      if (depth == 0) return true;
      skip_space();
      if (skip(',')) {
        skip_space();
        if (objects[depth - 1] && !read_key()) return false;
        break;
      }
      if (!skip(objects[depth - 1] ? '}' : ']')) return false;
      --depth;
    }
  }
}

bool JsonCursor::read_value(std::string_view& token) noexcept {
  const std::string_view before = rest_;
  if (!skip_value()) return false;
  token = before.substr(0, before.size() - rest_.size());
  return true;
}

}  // namespace lethe::fields
