// SPDX-License-Identifier: Apache-2.0
//
// A small file that only its owner may see: read with every check that a secret deserves, written
// once, atomically and durably. Any thread, any process.

#ifndef LETHE_KMS_ROOT_PRIVATE_FILE_H_
#define LETHE_KMS_ROOT_PRIVATE_FILE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lethe/result.h"

namespace lethe::kms::root {

// True if something is at that path, be it a dangling link.
bool exists(const std::string& path);

// Reads the whole file, which must have exactly out.size() bytes (else bad_config), be a regular
// file of this user (or root) that nobody else may read or write, no symbolic link, in a folder
// where others cannot put another file in its place. `what` names it in messages.
Result<void> read_private_file(const std::string& path, std::string_view what,
                               std::span<std::uint8_t> out);

// Makes the file, with missing folders (0700), unless it is there already: nothing is ever
// overwritten, and nobody sees a half-written file. Durable on return.
Result<void> create_private_file(const std::string& path, std::string_view what,
                                 std::span<const std::uint8_t> content);

}  // namespace lethe::kms::root

#endif  // LETHE_KMS_ROOT_PRIVATE_FILE_H_
