// SPDX-License-Identifier: Apache-2.0
//
// Lower-case hex, as rows and control texts spell bytes, and the 8-4-4-4-12 form of DEK ids. Any
// thread.

#ifndef LETHE_KMS_HEX_H_
#define LETHE_KMS_HEX_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kms/store/rows.h"

namespace lethe::kms {

std::string to_hex(std::span<const std::uint8_t> bytes);

// False: not exactly 2 * out.size() lower-case hex digits.
bool from_hex(std::string_view text, std::span<std::uint8_t> out);

// "ab170938-978b-01c1-9da9-c550aa76145f" and back; false: another form.
std::string to_uuid(const store::DekId& id);
bool from_uuid(std::string_view text, store::DekId& id);

}  // namespace lethe::kms

#endif  // LETHE_KMS_HEX_H_
