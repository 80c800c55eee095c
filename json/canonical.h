// SPDX-License-Identifier: Apache-2.0
//
// RFC 8785 canonical JSON, restricted as the specification does for everything that is hashed or
// signed (section 12): numbers are integers within ±(2^53 - 1) in plain digits. Members sort by
// UTF-16 code units. Two texts of the same meaning have one canonical form. Any thread.

#ifndef LETHE_JSON_CANONICAL_H_
#define LETHE_JSON_CANONICAL_H_

#include <string>
#include <string_view>

#include "json/json.h"

namespace lethe::json {

// The canonical form of a value. bad_record, which formats call MALFORMED: fraction, exponent, -0,
// number out of range, duplicate member, text that is not UTF-8.
Result<std::string> canonical(const Value& value);
// The same for JSON text, which must parse.
Result<std::string> canonicalize(std::string_view text);

}  // namespace lethe::json

#endif  // LETHE_JSON_CANONICAL_H_
