// SPDX-License-Identifier: Apache-2.0
//
// Where a walk stands: one name or array step per open container, noted as byte ranges, and turned
// into an encoded path (specification, section 5) only when something has been found there. Array
// elements are "any index", always. Belongs to one walk; allocates once.

#ifndef LETHE_FIELDS_JSON_PLACES_H_
#define LETHE_FIELDS_JSON_PLACES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/fields/field_editor.h"
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
  Places() : places_(kMaxDepth + 1) {}

  // The member or element at hand of the container at `level` (0: the outermost). A body as it
  // stands in the document.
  void enter_member(std::uint32_t level, std::string_view body) noexcept { places_[level] = body; }
  void enter_element(std::uint32_t level) noexcept { places_[level] = std::string_view(); }

  // Appends the encoded path through `levels` containers. False, with `out` as it was: the place
  // cannot be bound (more than 64 segments; a name too long, reserved, or without UTF-8).
  bool append_path(std::uint32_t levels, std::string& out) const;

 private:
  std::vector<std::string_view> places_;  // null data: an array element
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_PLACES_H_
