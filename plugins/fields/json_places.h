// SPDX-License-Identifier: Apache-2.0
//
// Where a walk stands: one name or array step per open container, noted as tokens, and turned into
// an encoded path (specification, section 5) only when something has been found there. Array
// elements are "any index", always. Belongs to one walk; allocates once.

#ifndef LETHE_FIELDS_JSON_PLACES_H_
#define LETHE_FIELDS_JSON_PLACES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/fields/json_tokens.h"
#include "plugins/fields/selector.h"

namespace lethe::fields {

// Appends one segment: u8 kind, u16 length, bytes. The count in front of all segments is the
// caller's.
void append_name_segment(std::string_view name, std::string& out);
void append_any_index_segment(std::string& out);
void append_u16(std::size_t value, std::string& out);

// The encoded path of a selector without `*` and `**`.
std::string encode_fixed_path(const Selector& selector);

class Places {
 public:
  Places() : names_(kMaxDepth + 1) {}

  // The member (its name's token) or element at hand of the container at `level` (0: the
  // outermost).
  void enter_member(std::uint32_t level, Token name) noexcept { names_[level] = name; }
  void enter_element(std::uint32_t level) noexcept { names_[level] = nullptr; }

  // Appends the encoded path through `levels` containers. False, with `out` as it was: the place
  // cannot be bound (more than 64 segments; a name too long, reserved, or without UTF-8).
  bool append_path(const Tokens& tokens, std::uint32_t levels, std::string& out) const;

 private:
  std::vector<Token> names_;  // null: an array element
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_PLACES_H_
