// SPDX-License-Identifier: Apache-2.0
//
// The files that are kept of a journal and of its store, over POSIX: opened for their owner alone,
// read and written whole. Internal to kms/journal/ and kms/backup/; any thread.

#ifndef LETHE_KMS_JOURNAL_PRIVATE_FILE_H_
#define LETHE_KMS_JOURNAL_PRIVATE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "lethe/result.h"

namespace lethe::kms::journal {

// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  bool is_open() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }

 private:
  int number_;
};

// Never through a symbolic link; what is made is made 0600.
Descriptor open_private(const std::string& path, int flags);

// "Could not <attempted> <path>: <errno>".
Error file_error(std::string_view attempted, const std::string& path, int error);

// False, with errno set.
bool write_all(int descriptor, std::string_view text);
// What stands from `offset` to the end, at most `limit` bytes (EFBIG beyond them).
Result<std::string> read_from(int descriptor, std::uint64_t offset, std::uint64_t limit,
                              const std::string& path);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_PRIVATE_FILE_H_
