// SPDX-License-Identifier: Apache-2.0
//
// The walk that finds every sealed value of a document, for a reader without a field list: strings
// that begin with "enc1." and objects with the marker, compared decoded. An object with the marker
// is one hit, and what lies inside it is none. Whether a hit really is a sealed value its codec
// says.
//
// Duplicate names are no error here: nothing is selected by name, each copy is opened by itself,
// and what it discloses its own binding decided. Iterative; one per editor, one thread.

#ifndef LETHE_FIELDS_JSON_SEALED_WALK_H_
#define LETHE_FIELDS_JSON_SEALED_WALK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/fields/field_editor.h"
#include "plugins/fields/json_places.h"
#include "plugins/fields/json_tokens.h"

namespace lethe::fields {

class SealedWalk {
 public:
  // `marker`: decoded, not empty.
  explicit SealedWalk(std::string marker);

  // As FieldWalk::run.
  LocateStatus run(const Tokens& tokens, Token root, Token end, bool has_escapes, Hits& hits);

 private:
  // An open container, and what to take back should it turn out to be a sealed value itself.
  struct Open {
    std::uint32_t begin;
    char closer;
    bool is_marked;
    std::size_t hits;
    std::size_t paths;
  };
  struct Document;

  LocateError walk(Document& document, Token at, Token end);
  void open(Document& document, Token at, char bracket);
  LocateError close(Document& document, Token at);
  Token take_name(Document& document, Token at);
  bool is_marker(const Document& document, Token at);
  // These two: false if the place of a hit cannot be bound.
  bool take_string(Document& document, Token at);
  bool add_hit(Document& document, std::uint32_t begin, std::uint32_t end, TokenKind kind);
  std::uint32_t depth() const noexcept { return static_cast<std::uint32_t>(open_.size()); }

  const std::string marker_;
  std::vector<Open> open_;
  Places places_;
  std::string decoded_;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_SEALED_WALK_H_
