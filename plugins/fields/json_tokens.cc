// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_tokens.h"

#include <array>

namespace lethe::fields {
namespace {

// Which of the open containers are objects, one bit per level.
class OpenContainers {
 public:
  void set(std::uint32_t level, bool is_object) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << (level % 64);
    std::uint64_t& word = words_[level / 64];
    word = is_object ? word | bit : word & ~bit;
  }
  bool is_object(std::uint32_t level) const noexcept {
    return (words_[level / 64] >> (level % 64) & 1) != 0;
  }

 private:
  std::array<std::uint64_t, kMaxDepth / 64 + 1> words_;  // a level is set before it is read
};

}  // namespace

bool Tokens::starts_and_ends_alike(std::string_view document, TokenIndexes indexes) noexcept {
  if (indexes.size == 0) return false;
  const char first = document[indexes.begins[0]];
  const char last = document[indexes.begins[indexes.size - 1]];
  if (first == '{' || first == '[') {
    indexes.begins[indexes.size] = indexes.begins[0];
    return last == (first == '{' ? '}' : ']');
  }
  indexes.begins[indexes.size] = static_cast<std::uint32_t>(document.size());
  return indexes.size == 1;
}

// One turn per member or element; closing brackets are taken where a value has ended.
LocateError Tokens::skip_container(bool is_object, std::uint32_t depth) noexcept {
  const std::uint32_t outermost = depth + 1;
  std::uint32_t level = outermost;
  if (level > kMaxDepth) return LocateError::kTooDeep;
  OpenContainers open;
  open.set(level, is_object);
  bool value_ended = peek() == (is_object ? '}' : ']');  // an empty container
  for (;;) {
    if (!value_ended) {
      if (is_object && (take() != '"' || take() != ':')) return LocateError::kMalformed;
      const std::uint32_t begin = *at_++;
      const char first = text_[begin];
      if (first == '{' || first == '[') {
        if (++level > kMaxDepth) return LocateError::kTooDeep;
        is_object = first == '{';
        open.set(level, is_object);
        if (peek() != (is_object ? '}' : ']')) continue;
      } else if (first != '"' && !is_scalar(begin)) {
        return LocateError::kMalformed;
      }
    }
    for (char next = take(); next != ','; next = take()) {
      if (next != (is_object ? '}' : ']')) return LocateError::kMalformed;
      if (level == outermost) return LocateError::kNone;
      is_object = open.is_object(--level);
    }
    value_ended = false;
  }
}

}  // namespace lethe::fields
