// SPDX-License-Identifier: Apache-2.0
//
// A strict walk over one JSON text (RFC 8259, valid UTF-8, no lone surrogates in what is decoded):
// all this folder needs to find a key in a line and to take an envelope apart without changing a
// byte of the value. It builds nothing; tokens are views of the input. Every function answers false
// on anything that is not JSON, and the scanner is then of no further use.

#ifndef LETHE_CONNECTORS_FILE_JSON_SCANNER_H_
#define LETHE_CONNECTORS_FILE_JSON_SCANNER_H_

#include <string_view>

#include "connectors/arena.h"

namespace lethe::connectors::file {

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  // Skips white space, then takes `c` if it is next.
  bool take(char c);
  // The next byte after white space; 0 at the end.
  char peek();
  // A string with its quotes stripped, escapes untouched.
  bool string(std::string_view& raw);
  // Any value; token is its text, a string with its quotes.
  bool value(std::string_view& token);
  // Only white space is left.
  bool at_end();

 private:
  bool any(int depth);
  bool members(int depth);
  bool elements(int depth);
  bool number();
  bool digits();
  bool escape();
  bool word(std::string_view word);
  void skip_space();

  const char* at_;
  const char* end_;
};

bool is_utf8(std::string_view text);

// One JSON value with nothing around it, on one line: what may stand in an envelope as it is.
bool is_bare_json(std::string_view text);

// The decoded string of `raw` (quotes stripped); a view of raw itself when it has no escapes. False
// for a lone surrogate or a full arena.
bool decode_string(std::string_view raw, Arena& arena, std::string_view& decoded);

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_JSON_SCANNER_H_
