// SPDX-License-Identifier: Apache-2.0
#include "kms/root/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "kms/crypto/random.h"

namespace lethe::kms::root {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Error refused(std::string_view what, std::string_view why) {
  return bad_config(std::string(what).append(" ").append(why));
}

Error failed(std::string_view what, std::string_view attempted, int error) {
  return bad_config("Could not " + std::string(attempted) + " " + std::string(what) + ": " +
                    std::strerror(error));
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Who may write a folder may put another file in this one's place, unless it is sticky.
Result<void> check_folder(const std::string& path, std::string_view what) {
  struct stat status {};
  if (::stat(folder_of(path).c_str(), &status) != 0) return failed(what, "look at", errno);
  const bool others_write = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (others_write && (status.st_mode & S_ISVTX) == 0)
    return refused(what, "lies in a folder that others may write; use `chmod go-w` on the folder");
  return {};
}

Result<void> check_file(const struct stat& status, std::string_view what, std::size_t size) {
  if (!S_ISREG(status.st_mode)) return refused(what, "is not a regular file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0)
    return refused(what, "belongs to another user; use `chown`");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return refused(what, "is open to others than its owner; use `chmod 600`");
  if (status.st_size != static_cast<off_t>(size))
    return refused(what, "has the wrong size; put the right file back from a backup");
  return {};
}

bool read_all(int descriptor, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::read(descriptor, out.data(), out.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool write_all(int descriptor, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

// Each missing folder, for its owner alone.
Result<void> make_folders(const std::filesystem::path& folder, std::string_view what) {
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return {};
  LETHE_TRY(make_folders(folder.parent_path(), what));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return failed(what, "make the folder of", errno);
  return {};
}

std::string unlikely_name(const std::string& path) {
  std::array<std::uint8_t, 8> random;
  crypto::random_bytes(random);
  std::string name = path + ".new-";
  for (const std::uint8_t byte : random) name.append(1, static_cast<char>('a' + byte % 26));
  return name;
}

Result<void> write_new(const std::string& path, std::string_view what,
                       std::span<const std::uint8_t> content) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open() || !write_all(file.number(), content) || ::fsync(file.number()) != 0)
    return failed(what, "write", errno);
  return {};
}

}  // namespace

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

Result<void> read_private_file(const std::string& path, std::string_view what,
                               std::span<std::uint8_t> out) {
  LETHE_TRY(check_folder(path, what));
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ELOOP) return refused(what, "is a symbolic link; name the file itself");
    return failed(what, "open", errno);
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failed(what, "look at", errno);
  LETHE_TRY(check_file(status, what, out.size()));
  if (!read_all(file.number(), out)) return failed(what, "read", errno);
  return {};
}

Result<void> create_private_file(const std::string& path, std::string_view what,
                                 std::span<const std::uint8_t> content) {
  LETHE_TRY(make_folders(std::filesystem::path(path).parent_path(), what));
  const std::string fresh = unlikely_name(path);
  const auto written = write_new(fresh, what, content);
  // link() is the put-if-absent of a file system: of several makers one wins.
  const int error = written && ::link(fresh.c_str(), path.c_str()) != 0 ? errno : 0;
  ::unlink(fresh.c_str());
  if (!written) return written;
  if (error != 0 && error != EEXIST) return failed(what, "make", error);
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::fsync(folder.number()) != 0)
    return failed(what, "sync the folder of", errno);
  return {};
}

}  // namespace lethe::kms::root
