// SPDX-License-Identifier: Apache-2.0
//
// A selector chooses values of a record: a path of the specification (section 5) in which a bare
// `*` stands for any member of an object and a bare `**` for any depth, none included (`**.ssn` is
// every `ssn`, the one at the top too; `**` may not be last). What is bound into a sealed value is
// never the selector but the concrete place it found (path.h), where every array element counts as
// "any index", whatever the selector says. Made once per configuration, immutable afterwards.

#ifndef LETHE_FIELDS_SELECTOR_H_
#define LETHE_FIELDS_SELECTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"

namespace lethe::fields {

struct Step {
  enum class Kind : std::uint8_t { kName, kAnyIndex, kIndex, kAnyMember, kAnyDepth };
  Kind kind = Kind::kName;
  std::string name;         // kName: decoded UTF-8; "\0key" and "\0header" for $key and $header
  std::uint32_t index = 0;  // kIndex

  friend bool operator==(const Step& a, const Step& b) {
    return a.kind == b.kind && a.name == b.name && a.index == b.index;
  }
};

class Selector {
 public:
  Selector() = default;  // the whole value

  // "a.b", "items[*].sku", "m.*", "**.ssn", "['dotted.name']". bad_config with the byte position
  // and a remedy otherwise.
  static Result<Selector> parse(std::string_view text);

  const std::vector<Step>& steps() const noexcept { return steps_; }
  // As it was written, for messages.
  const std::string& text() const noexcept { return text_; }

  // Holds `*` or `**`, so that the concrete place is known only when a value has been found. (`[*]`
  // is not one of them: all elements of an array are bound alike.)
  bool has_open_names() const noexcept;
  // May select several values of one record: `*`, `**` or `[*]`.
  bool selects_many() const noexcept;
  // Begins with $key or $header: a place outside the record's value.
  bool is_outside_value() const noexcept;

 private:
  std::string text_;
  std::vector<Step> steps_;
};

// Every value that `inner` selects is one that `outer` selects, or lies inside one.
bool covers(const Selector& outer, const Selector& inner);

// The selections provably collide: wherever one of them finds something, so does the other, there
// or around it. What merely may collide (`*.x` and `a.*`) is found record by record
// (LocateError::kOverlap).
bool overlaps(const Selector& a, const Selector& b);

// A template that reads `path` (no wild cards) reads what `field` encrypts: the path is the field,
// lies inside it, or provably above it.
bool passes_through(const Selector& path, const Selector& field);

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SELECTOR_H_
