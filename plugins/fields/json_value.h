// SPDX-License-Identifier: Apache-2.0
//
// An opened value as a JSON token (specification, section 6: "into JSON output"). Values that came
// from JSON are their own token; those that were sealed by a typed source get the form that the
// specification fixes. Functions without state; any thread.

#ifndef LETHE_FIELDS_JSON_VALUE_H_
#define LETHE_FIELDS_JSON_VALUE_H_

#include <string>
#include <string_view>

#include "plugins/fields/plaintext.h"

namespace lethe::fields {

// Appends a JSON string token; quotes, backslashes and control characters are escaped. `text` is
// UTF-8.
void append_json_string(std::string_view text, std::string& out);

// Appends the token of a value. kTypeMismatch: NaN, infinities, Avro and Protobuf bodies.
SealedError append_json(const Plaintext& value, std::string& out);

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_VALUE_H_
