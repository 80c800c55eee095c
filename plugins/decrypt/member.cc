// SPDX-License-Identifier: Apache-2.0

#include "plugins/decrypt/member.h"

namespace lethe::decrypt {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Position behind the last character before `at` that is not white space; 0 if there is none.
std::size_t before(std::string_view document, std::size_t at) {
  while (at > 0 && is_space(document[at - 1])) --at;
  return at;
}

std::size_t after(std::string_view document, std::size_t at) {
  while (at < document.size() && is_space(document[at])) ++at;
  return at;
}

// Opening quote of the string whose closing quote stands before `end`. Quotes inside are escaped,
// so an odd number of backslashes stands before each; before the opening one stands none.
std::size_t opening_quote(std::string_view document, std::size_t end) {
  for (std::size_t i = end - 1; i-- > 0;) {
    if (document[i] != '"') continue;
    std::size_t slashes = 0;
    while (slashes < i && document[i - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return i;
  }
  return 0;
}

}  // namespace

Range member_range(std::string_view document, std::size_t begin, std::size_t end,
                   std::size_t cut) noexcept {
  std::size_t first = before(document, begin);
  if (first == 0) return {begin, end};
  std::size_t start = begin;
  if (document[first - 1] == ':') {
    start = opening_quote(document, before(document, first - 1));
    first = before(document, start);
  }
  const std::size_t next = after(document, end);
  const bool comma_before = first > cut && document[first - 1] == ',';
  if (comma_before) return {first - 1, end};
  const bool comma_after = next < document.size() && document[next] == ',';
  return {start, comma_after ? after(document, next + 1) : end};
}

}  // namespace lethe::decrypt
