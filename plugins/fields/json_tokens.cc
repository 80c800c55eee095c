// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_tokens.h"

namespace lethe::fields {

bool Tokens::is_walkable(TokenIndexes indexes) const noexcept {
  if (indexes.size == 0) return false;
  const char opening = text_[indexes.begins[0]];
  const char last = text_[indexes.begins[indexes.size - 1]];
  if (opening == '{' || opening == '[') {
    indexes.begins[indexes.size] = indexes.begins[0];
    return last == (opening == '{' ? '}' : ']');
  }
  indexes.begins[indexes.size] = static_cast<std::uint32_t>(end_ - text_);
  return indexes.size == 1;
}

Token Tokens::skip_other(Token at, std::uint32_t depth, LocateError& error) const noexcept {
  const char c = first(at);
  if (c == '{' || c == '[') return skip_container(at, depth, error);
  if (is_scalar(at)) return at + 1;
  error = LocateError::kMalformed;
  return nullptr;
}

// One turn per member or element; closing brackets are taken where a value has ended.
Token Tokens::skip_container(Token at, std::uint32_t depth, LocateError& error) const noexcept {
  error = LocateError::kMalformed;  // unless the end is reached
  char closers[kMaxDepth + 1];      // of the open containers, by level; set before it is read
  const std::uint32_t outermost = depth + 1;
  std::uint32_t level = depth;
  char closer = 0;
  for (;;) {
    const char c = first(at);
    if (c == '{' || c == '[') {
      if (++level > kMaxDepth) return error = LocateError::kTooDeep, nullptr;
      closer = closers[level] = c == '{' ? '}' : ']';
      if (first(++at) != closer) {
        if (closer == '}' && (at = skip_name(at)) == nullptr) return nullptr;
        continue;
      }
    } else if (c == '"' || is_scalar(at)) {
      ++at;
    } else {
      return nullptr;
    }
    char next;
    while ((next = first(at++)) != ',') {
      if (next != closer) return nullptr;
      if (level == outermost) return error = LocateError::kNone, at;
      closer = closers[--level];
    }
    if (closer == '}' && (at = skip_name(at)) == nullptr) return nullptr;
  }
}

}  // namespace lethe::fields
