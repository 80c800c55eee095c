// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace lethe::connectors::file {
namespace {

// Where the last line without newline begins; the length when there is none.
Result<std::uint64_t> end_of_whole_lines(int fd, std::uint64_t length, const std::string& path) {
  std::array<char, 64 << 10> block;
  for (std::uint64_t end = length; end > 0;) {
    const std::uint64_t begin = end > block.size() ? end - block.size() : 0;
    const ssize_t n = ::pread(fd, block.data(), end - begin, static_cast<off_t>(begin));
    if (n < 0) return system_error("read", path, errno);
    const std::string_view text(block.data(), static_cast<std::size_t>(n));
    const std::size_t newline = text.rfind('\n');
    if (newline != std::string_view::npos) return begin + newline + 1;
    end = begin;
  }
  return std::uint64_t{0};
}

// Appends [from, length) of the file to `kept`, then cuts it off.
Result<void> move_tail(int fd, std::uint64_t from, std::uint64_t length, const std::string& path,
                       const std::string& kept) {
  const Descriptor to = LETHE_TRY(open_file(kept, O_WRONLY | O_CREAT | O_APPEND));
  std::array<char, 64 << 10> block;
  for (std::uint64_t at = from; at < length;) {
    const ssize_t n = ::pread(fd, block.data(), block.size(), static_cast<off_t>(at));
    if (n <= 0) return system_error("read", path, n < 0 ? errno : EIO);
    LETHE_TRY(write_all(to.get(), {block.data(), static_cast<std::size_t>(n)}, kept));
    at += static_cast<std::uint64_t>(n);
  }
  LETHE_TRY(write_all(to.get(), "\n", kept));
  LETHE_TRY(sync_data(to.get(), kept));
  if (::ftruncate(fd, static_cast<off_t>(from)) != 0) return system_error("cut", path, errno);
  return {};
}

bool is_same_file(int fd, const std::string& path) {
  struct stat open {
  }, named{};
  return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

Result<FileSink::Target> FileSink::open_target(const FileSinkOptions& options) {
  // A symbolic link stays one: its target is replaced.
  std::error_code unresolved;
  const auto resolved = std::filesystem::weakly_canonical(options.path, unresolved);
  std::string path = unresolved ? options.path : resolved.string();
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return system_error("write", path, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    Target target;
    target.file = LETHE_TRY(open_file(path, O_WRONLY));
    target.path = std::move(path);
    target.regular = false;
    return target;
  }
  return options.follow ? open_in_place(std::move(path)) : open_temporary(std::move(path));
}

Result<FileSink::Target> FileSink::open_in_place(std::string path) {
  Target target;
  target.file = LETHE_TRY(open_file(path, O_RDWR | O_CREAT | O_APPEND));
  LETHE_TRY(lock_exclusively(target.file.get(), path));
  struct stat status {};
  if (::fstat(target.file.get(), &status) != 0) return system_error("look at", path, errno);
  const auto length = static_cast<std::uint64_t>(status.st_size);
  target.start = LETHE_TRY(end_of_whole_lines(target.file.get(), length, path));
  if (target.start != length) {
    LETHE_TRY(move_tail(target.file.get(), target.start, length, path, path + ".lethe-torn"));
  }
  LETHE_TRY(sync_folder_of(path));  // a file that was just created
  target.path = std::move(path);
  return target;
}

Result<FileSink::Target> FileSink::open_temporary(std::string path) {
  Target target;
  target.temporary = path + ".lethe-tmp";
  do {  // again when the run that held the lock has renamed the file meanwhile
    target.file = LETHE_TRY(open_file(target.temporary, O_RDWR | O_CREAT));
    LETHE_TRY(lock_exclusively(target.file.get(), path));
  } while (!is_same_file(target.file.get(), target.temporary));
  if (::ftruncate(target.file.get(), 0) != 0) {
    return system_error("empty", target.temporary, errno);
  }
  struct stat old {};
  if (::stat(path.c_str(), &old) == 0 && ::fchmod(target.file.get(), old.st_mode & 07777) != 0) {
    return system_error("set the mode of", target.temporary, errno);
  }
  target.path = std::move(path);
  return target;
}

Result<std::unique_ptr<FileSink>> FileSink::make(FileSinkOptions options) {
  Target target = LETHE_TRY(open_target(options));
  return std::unique_ptr<FileSink>(new FileSink(std::move(options), std::move(target)));
}

FileSink::FileSink(FileSinkOptions options, Target target)
    : options_(std::move(options)),
      target_(std::move(target)),
      output_(target_.file.get(), target_.path, options_.envelope),
      last_sync_(std::chrono::steady_clock::now()) {}

FileSink::~FileSink() {
  if (!closed_ && !target_.temporary.empty()) ::unlink(target_.temporary.c_str());
}

Result<void> FileSink::write(Batch batch) {
  if (failure_.has_value()) return *failure_;
  if (closed_) return internal("a batch was written to " + target_.path + " after its close");
  synced_ = false;
  return output_.write(std::move(batch));
}

Result<Durable> FileSink::durable() {
  Durable news;
  news.refused = output_.take_refused();
  if (options_.follow && !synced_) {
    const auto waited = std::chrono::steady_clock::now() - last_sync_;
    if (!output_.has_finished() || waited < options_.sync_interval) return news;
    LETHE_TRY(sync());
  }
  news.confirmed = output_.take_finished();
  return news;
}

Result<void> FileSink::settle_refused(const Refused& refused, Route route) {
  return output_.settle_refused(refused, route);
}

Result<void> FileSink::drain(std::chrono::milliseconds) {
  return options_.follow ? sync() : Result<void>();
}

std::vector<Batch> FileSink::abandon() {
  std::vector<Batch> handed_back = output_.abandon();
  if (!target_.regular) return handed_back;
  const auto length = static_cast<off_t>(target_.start + output_.finished_bytes());
  if (::ftruncate(target_.file.get(), length) != 0 ||
      ::lseek(target_.file.get(), length, SEEK_SET) < 0) {
    failure_ = system_error("take back lines from", target_.path, errno);
  }
  return handed_back;
}

std::size_t FileSink::in_flight_bytes() const {
  return output_.in_flight_bytes();
}

Result<void> FileSink::close() {
  if (closed_) return {};
  if (failure_.has_value()) return *failure_;
  LETHE_TRY(sync());
  if (!target_.temporary.empty()) {
    if (std::rename(target_.temporary.c_str(), target_.path.c_str()) != 0) {
      return system_error("replace", target_.path, errno);
    }
    closed_ = true;  // from here the temporary name is somebody else's
    return sync_folder_of(target_.path);
  }
  closed_ = true;
  return {};
}

Result<void> FileSink::sync() {
  if (synced_) return {};
  LETHE_TRY(sync_data(target_.file.get(), target_.path));
  synced_ = true;
  last_sync_ = std::chrono::steady_clock::now();
  return {};
}

}  // namespace lethe::connectors::file
