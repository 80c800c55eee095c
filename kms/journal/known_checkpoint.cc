// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/known_checkpoint.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "kms/journal/private_file.h"

namespace lethe::kms::journal {
namespace {

constexpr std::uint64_t kMaxSize = 64 * 1024;  // a note has a few hundred bytes

Result<void> make_folder(const std::string& folder, const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return file_error("make the folder of the known checkpoint", path, errno);
  return {};
}

}  // namespace

KnownCheckpoint::KnownCheckpoint(std::string folder, std::string_view store_id)
    : folder_(std::move(folder)), path_(folder_ + "/checkpoint-" + std::string(store_id)) {}

Result<std::optional<std::string>> KnownCheckpoint::load() const {
  const Descriptor file = open_private(path_, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::optional<std::string>();
  if (!file.is_open()) return file_error("open the known checkpoint", path_, errno);
  return std::optional(LETHE_TRY(read_from(file.number(), 0, kMaxSize, path_)));
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
    return file_error("lock the folder of the known checkpoint", path_, errno);
  const std::string note = LETHE_TRY(journal.checkpoint());
  LETHE_TRY(check(journal));
  LETHE_TRY(save(note));
  if (::fsync(folder.number()) != 0)
    return file_error("sync the folder of the known checkpoint", path_, errno);
  return {};
}

Result<void> KnownCheckpoint::save(std::string_view note) const {
  const std::string fresh = path_ + ".new";
  const Descriptor file = open_private(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open() || !write_all(file.number(), note) || ::fsync(file.number()) != 0)
    return file_error("write the known checkpoint", path_, errno);
  if (std::rename(fresh.c_str(), path_.c_str()) != 0)
    return file_error("replace the known checkpoint", path_, errno);
  return {};
}

}  // namespace lethe::kms::journal
