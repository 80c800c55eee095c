// SPDX-License-Identifier: Apache-2.0
//
// Where a followed file is read next, kept in one line of text beside it:
//
//   lethe-position 1 <inode> <bytes> <lines>
//
// It is replaced atomically and flushed, so that a crash leaves the old one or the new one.

#ifndef LETHE_CONNECTORS_FILE_POSITION_FILE_H_
#define LETHE_CONNECTORS_FILE_POSITION_FILE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "lethe/result.h"

namespace lethe::connectors::file {

struct FilePosition {
  std::uint64_t inode = 0;  // of the file that was read: another one is another story
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;

  bool operator==(const FilePosition&) const = default;
};

// Empty: there is none yet. bad_config: a file that is none.
Result<std::optional<FilePosition>> read_position(const std::string& path);

Result<void> write_position(const std::string& path, const FilePosition& position);

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_POSITION_FILE_H_
