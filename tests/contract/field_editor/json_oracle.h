// SPDX-License-Identifier: Apache-2.0
//
// A second opinion on what a selection finds: nlohmann/json parses the document into a tree that
// keeps duplicate names, and the selectors are tried on it one by one, by plain recursion. Slow,
// obvious, and sharing no code with the editor but the parsed selectors.

#ifndef LETHE_TESTS_CONTRACT_FIELD_EDITOR_JSON_ORACLE_H_
#define LETHE_TESTS_CONTRACT_FIELD_EDITOR_JSON_ORACLE_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/fields/field_editor.h"
#include "plugins/fields/selection.h"

namespace lethe::fields {

struct JsonTree {
  TokenKind kind = TokenKind::kNull;
  std::string scalar;  // decoded string, or a number's value
  std::vector<std::pair<std::string, JsonTree>> members;
  std::vector<JsonTree> elements;
  std::size_t order = 0;  // in the document

  friend bool operator==(const JsonTree& a, const JsonTree& b) {
    return a.kind == b.kind && a.scalar == b.scalar && a.members == b.members &&
           a.elements == b.elements;
  }
};

// Nothing: malformed.
std::optional<JsonTree> parse_tree(std::string_view document);

struct Expectation {
  struct Value {
    std::size_t order;
    std::uint32_t target;
    std::string path;
    const JsonTree* value;
  };
  std::set<LocateError> errors;  // any of them may be reported; none: `values` are to be found
  std::vector<Value> values;     // in document order
};

Expectation expect(const JsonTree& document, const Selection& selection);

}  // namespace lethe::fields

#endif  // LETHE_TESTS_CONTRACT_FIELD_EDITOR_JSON_ORACLE_H_
