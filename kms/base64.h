// SPDX-License-Identifier: Apache-2.0
//
// Standard base64 with padding (RFC 4648, section 4), as notes, certificates and rows of a topic
// spell bytes. One spelling per content: white space, missing padding and unused bits that are not
// zero are refused. Any thread.

#ifndef LETHE_KMS_BASE64_H_
#define LETHE_KMS_BASE64_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lethe::kms {

void append_base64(std::string_view bytes, std::string& out);
// False: not the one text of any bytes; `out` is then unspecified.
bool from_base64(std::string_view text, std::string& out);

std::string to_base64(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace lethe::kms

#endif  // LETHE_KMS_BASE64_H_
