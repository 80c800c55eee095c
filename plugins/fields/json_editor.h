// SPDX-License-Identifier: Apache-2.0
//
// The field editor for JSON: stage 1 finds the tokens, a walk over them validates the whole
// document and reports what the selection asks for. Nothing is copied, nothing is parsed into a
// tree, and a document is refused as a whole (LocateError) rather than read leniently:
//
// - RFC 8259 to the letter: grammar, UTF-8, escapes, control characters, one value and nothing
// behind
//   it, no byte order mark. Numbers may have any length and exponent. An unpaired surrogate escape
//   is accepted where nobody needs the decoded text, and refused in a name on the way to a selected
//   field.
// - What is malformed anywhere is kMalformed (or kTooDeep), whatever else is wrong with it.
// - Through `*` and `**` all names of an object must differ, elsewhere those that are selected.
// - Null on the way to a field counts as missing, any other unexpected shape is an error. Behind
// `**`
//   that begins with the next name: `**.a.b` wants every `a` to be an object, or null.

#ifndef LETHE_FIELDS_JSON_EDITOR_H_
#define LETHE_FIELDS_JSON_EDITOR_H_

#include <memory>

#include "lethe/result.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/json_stage1.h"
#include "plugins/fields/selection.h"

namespace lethe::fields {

class JsonEditor {
 public:
  // bad_config: a target outside the record's value, too many `**`, an empty marker.
  static Result<std::unique_ptr<FieldEditor>> make(const Selection& selection,
                                                   Engine engine = Engine::kFastest);
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_EDITOR_H_
