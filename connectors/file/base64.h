// SPDX-License-Identifier: Apache-2.0
//
// Base64 with padding (RFC 4648, section 4), for bytes that a line of JSON cannot carry as they
// are. Strict: what is decoded would be encoded to the same text again.

#ifndef LETHE_CONNECTORS_FILE_BASE64_H_
#define LETHE_CONNECTORS_FILE_BASE64_H_

#include <string>
#include <string_view>

#include "connectors/arena.h"

namespace lethe::connectors::file {

void append_base64(std::string_view bytes, std::string& out);

// False when `text` is not base64 or the arena is full.
bool decode_base64(std::string_view text, Arena& arena, std::string_view& bytes);

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_BASE64_H_
