// SPDX-License-Identifier: Apache-2.0
//
// A file descriptor that closes itself, and the few system calls of this folder with their errors
// mapped: what can pass by itself (a full disk) is transient, what somebody must change (a missing
// file, a missing right) is bad_config. Messages name the path and the errno text, never content.

#ifndef LETHE_CONNECTORS_FILE_DESCRIPTOR_H_
#define LETHE_CONNECTORS_FILE_DESCRIPTOR_H_

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "lethe/result.h"

namespace lethe::connectors::file {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

// "cannot <attempted> <path>: <errno text>", of the kind that `error` (an errno) calls for.
Error system_error(std::string_view attempted, std::string_view path, int error);

Result<Descriptor> open_file(const std::string& path, int flags);

// Writes all of it, waiting where the descriptor would block. A pipe whose reader has gone is
// bad_config; SIGPIPE is not raised.
Result<void> write_all(int fd, std::string_view bytes, std::string_view path);

// Waits until a read of `fd` would not block: false when `limit` has passed. A descriptor that
// cannot be waited for (a regular file) is ready.
bool wait_readable(int fd, std::chrono::milliseconds limit);

// Waits for nothing but time, or a request to stop.
void wait(std::chrono::milliseconds duration, std::stop_token stop);

Result<void> sync_data(int fd, std::string_view path);

// Makes a rename or a new name in the folder of `path` survive a power cut.
Result<void> sync_folder_of(const std::string& path);

// One process at a time: bad_config when another holds the lock.
Result<void> lock_exclusively(int fd, std::string_view path);

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_DESCRIPTOR_H_
