// SPDX-License-Identifier: Apache-2.0
//
// JSON string tokens: escapes checked, decoded, compared. A *body* is what stands between the
// quotes. Names are compared decoded, since `us\u0065rId` is `userId` and must not slip past a
// selection.
//
// Unpaired surrogates: RFC 8259 lets the escape `\ud800` stand alone, and such a document is
// accepted as long as nobody needs the decoded text; the bytes are copied as they are. Where a name
// has to be compared or a template rendered there is no UTF-8 for it, and decoding fails.
// Stateless, thread-safe.

#ifndef LETHE_FIELDS_JSON_STRING_H_
#define LETHE_FIELDS_JSON_STRING_H_

#include <cstring>
#include <string>
#include <string_view>

namespace lethe::fields {

inline bool has_escape(std::string_view body) noexcept {
  return !body.empty() && std::memchr(body.data(), '\\', body.size()) != nullptr;
}

// The first quote, backslash or control character in [at, end); `end` if there is none.
const char* string_stop(const char* at, const char* end) noexcept;

// Every backslash of `text` begins a complete escape. `text` may be a whole document: strings end
// where they end, since a quote is no hexadecimal digit and `\"` is an escape.
bool escapes_are_valid(std::string_view text) noexcept;

// Appends the decoded text of a body whose escapes are valid. False, with `out` as it was, where an
// unpaired surrogate stands.
bool append_decoded(std::string_view body, std::string& out);

// The decoded text of a body whose escapes are valid begins with `prefix` (ASCII).
bool decodes_to_prefix(std::string_view body, std::string_view prefix) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_STRING_H_
