// SPDX-License-Identifier: Apache-2.0
//
// The walk that finds selected fields: it follows the state machine of the selection along the
// token indexes, leaves what nobody selected to the tight loop, and sees to it that nothing on a
// selected path is odd (duplicate keys, other shapes, one field in another). Recursion is bounded
// by kMaxDepth. One per editor, one thread; nothing is allocated once its buffers have grown.

#ifndef LETHE_FIELDS_JSON_FIELD_WALK_H_
#define LETHE_FIELDS_JSON_FIELD_WALK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/fields/field_editor.h"
#include "plugins/fields/json_names.h"
#include "plugins/fields/json_places.h"
#include "plugins/fields/json_selection.h"
#include "plugins/fields/json_tokens.h"

namespace lethe::fields {

class FieldWalk {
 public:
  explicit FieldWalk(CompiledSelection selection);

  // Walks the one value that begins at `root`; `end` is the token behind the last. `has_escapes`: a
  // backslash stands somewhere in the document, and all of them are valid.
  LocateStatus run(const Tokens& tokens, Token root, Token end, bool has_escapes, Hits& hits);

 private:
  struct Document;  // what one run works on

  // Each takes the token it is about and returns the one behind; null: see Document::status.
  Token value(Document& document, Token at, const State& state, std::uint32_t depth, bool in_field);
  Token contents(Document& document, Token at, const State& state, std::uint32_t depth,
                 bool in_field);
  Token object(Document& document, Token at, const State& state, std::uint32_t depth,
               bool in_field);
  Token array(Document& document, Token at, const State& state, std::uint32_t depth, bool in_field);

  bool find_member(Document& document, std::string_view body, const State& state,
                   std::uint64_t& seen, StateId& next);
  bool has_expected_shape(Document& document, Token at, const State& state);
  bool select(Document& document, Token at, const State& state, std::uint32_t depth,
              bool& in_field);
  bool append_path(Document& document, std::uint32_t target, std::uint32_t depth, Hit& hit);
  void finish_hits(Document& document, std::size_t first, std::size_t count, std::uint32_t end);

  const CompiledSelection selection_;
  std::vector<std::uint32_t> path_begins_;  // where Hits::paths() may still hold a fixed path
  Places places_;
  Names names_;
  std::string decoded_;  // the name at hand
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_FIELD_WALK_H_
