// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/known_checkpoint.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace lethe::kms::journal {
namespace {

constexpr std::size_t kMaxSize = 64 * 1024;  // a note has a few hundred bytes

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

Error failed(std::string_view attempted, const std::string& path, int error) {
  return bad_config("Could not " + std::string(attempted) + " the known checkpoint " + path + ": " +
                    std::strerror(error));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

Result<std::string> read_all(int descriptor, const std::string& path) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, errno);
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > kMaxSize) return failed("read", path, EFBIG);
  }
}

Result<void> make_folder(const std::string& folder, const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return failed("make the folder of", path, errno);
  return {};
}

}  // namespace

KnownCheckpoint::KnownCheckpoint(std::string folder, std::string_view store_id)
    : folder_(std::move(folder)), path_(folder_ + "/checkpoint-" + std::string(store_id)) {}

Result<std::optional<std::string>> KnownCheckpoint::load() const {
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open() && errno == ENOENT) return std::optional<std::string>();
  if (!file.is_open()) return failed("open", path_, errno);
  return std::optional(LETHE_TRY(read_all(file.number(), path_)));
}

Result<void> KnownCheckpoint::check(const Journal& journal) const {
  const std::optional<std::string> note = LETHE_TRY(load());
  if (!note) return {};
  const Fault fault = journal.check_extends(*note);
  if (fault == Fault::kNone) return {};
  return bad_config("The journal in the " + std::string(journal.place()) +
                    " does not extend the checkpoint in " + path_ + " (" +
                    std::string(name(fault)) +
                    "): the store was rolled back, or is another one; bring it up to date with "
                    "`lethe keys restore`");
}

Result<void> KnownCheckpoint::update(Journal& journal) const {
  LETHE_TRY(make_folder(folder_, path_));
  // Of two workers, the one whose journal is behind must not write last.
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::flock(folder.number(), LOCK_EX) != 0)
    return failed("lock the folder of", path_, errno);
  const std::string note = LETHE_TRY(journal.checkpoint());
  LETHE_TRY(check(journal));
  LETHE_TRY(save(note));
  if (::fsync(folder.number()) != 0) return failed("sync the folder of", path_, errno);
  return {};
}

Result<void> KnownCheckpoint::save(std::string_view note) const {
  const std::string fresh = path_ + ".new";
  const Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open() || !write_all(file.number(), note) || ::fsync(file.number()) != 0)
    return failed("write", path_, errno);
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) return failed("replace", path_, errno);
  return {};
}

}  // namespace lethe::kms::journal
