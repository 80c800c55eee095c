// SPDX-License-Identifier: Apache-2.0
//
// Standard base64 with padding, as key and value texts of a topic spell bytes. Strict: one text for
// each sequence of bytes. Any thread.

#ifndef LETHE_KMS_STORE_BASE64_H_
#define LETHE_KMS_STORE_BASE64_H_

#include <string>
#include <string_view>

namespace lethe::kms::store {

void append_base64(std::string_view bytes, std::string& out);

// False: not the one text of any bytes; `out` is then unspecified.
bool from_base64(std::string_view text, std::string& out);

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_BASE64_H_
