// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

namespace lethe::connectors::file {
namespace {

constexpr std::chrono::milliseconds kReadWait{100};

Result<struct stat> status_of(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return system_error("look at", path, errno);
  return status;
}

Error not_the_same(const FileSourceOptions& options, std::string_view what) {
  return bad_config(options.path + " " + std::string(what) + " since it was last read; delete " +
                    options.position_path + " to read it from the start");
}

// The stored position if it belongs to this file; else where a new one begins.
Result<FilePosition> start_of(const FileSourceOptions& options, const struct stat& status) {
  FilePosition start{status.st_ino, 0, 0};
  if (!options.follow) return start;
  const auto stored = LETHE_TRY(read_position(options.position_path));
  if (!stored.has_value()) return start;
  if (stored->inode != start.inode) return not_the_same(options, "was replaced");
  if (stored->bytes > static_cast<std::uint64_t>(status.st_size)) {
    return not_the_same(options, "became shorter");
  }
  return *stored;
}

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::make(FileSourceOptions options) {
  if (options.position_path.empty()) options.position_path = options.path + ".lethe-position";
  Descriptor file = LETHE_TRY(open_file(options.path, O_RDONLY));
  const struct stat status = LETHE_TRY(status_of(file.get(), options.path));
  if (S_ISDIR(status.st_mode)) return system_error("read", options.path, EISDIR);
  if (options.follow && !S_ISREG(status.st_mode)) {
    return bad_config(options.path + " is not a regular file and cannot be followed; use stdin");
  }
  const FilePosition start = LETHE_TRY(start_of(options, status));
  std::unique_ptr<FileSource> source(new FileSource(std::move(options), std::move(file), start));
  if (start.bytes != 0) LETHE_TRY(source->seek_to_committed());
  return source;
}

FileSource::FileSource(FileSourceOptions options, Descriptor file, FilePosition start)
    : options_(std::move(options)),
      file_(std::move(file)),
      reader_(file_.get(), options_.path, options_.max_line),
      batcher_(std::filesystem::path(options_.path).filename().string(), options_.format,
               options_.limits),
      committed_(start),
      last_store_(std::chrono::steady_clock::now()) {}

Result<Batch> FileSource::read(std::stop_token stop, RebalanceListener&) {
  LETHE_TRY(store_position_if_due());
  Batch batch;
  if (stop.stop_requested()) return batch;
  const bool ended = LETHE_TRY(batcher_.fill(file_.get(), reader_, kReadWait, batch));
  if (ended && options_.follow) {
    if (batch.empty()) {
      LETHE_TRY(check_still_the_same());
      wait(kReadWait, stop);
    }
  } else if (ended) {
    std::string_view line;
    if (reader_.rest(line)) batcher_.add(reader_, line, batch);
    batch.end = true;
  }
  mark(batch);
  return batch;
}

void FileSource::mark(Batch& batch) {
  if (batch.empty()) return;
  batch.checkpoint.generation = generation_;
  batch.checkpoint.sequence = ++sequence_;
  batch.checkpoint.positions.push_back(
      {options_.path, -1, static_cast<std::int64_t>(reader_.bytes())});
  marks_.push_back({sequence_, reader_.bytes(), reader_.lines()});
}

Result<void> FileSource::commit(const Checkpoint& checkpoint) {
  if (checkpoint.generation != generation_) return {};
  while (!marks_.empty() && marks_.front().sequence <= checkpoint.sequence) {
    committed_.bytes = marks_.front().bytes;
    committed_.lines = marks_.front().lines;
    stored_ = false;
    marks_.pop_front();
  }
  return store_position_if_due();
}

Result<bool> FileSource::rewind() {
  LETHE_TRY(seek_to_committed());
  ++generation_;
  marks_.clear();
  return true;
}

Result<void> FileSource::idle(std::chrono::milliseconds duration, std::stop_token stop,
                              RebalanceListener&) {
  wait(duration, stop);
  return {};
}

Result<void> FileSource::close() {
  return store_position();
}

Result<void> FileSource::seek_to_committed() {
  if (::lseek(file_.get(), static_cast<off_t>(committed_.bytes), SEEK_SET) < 0) {
    return system_error("seek in", options_.path, errno);
  }
  reader_.restart_at(committed_.bytes, committed_.lines);
  return {};
}

Result<void> FileSource::store_position_if_due() {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_store_ < options_.commit_interval) return {};
  last_store_ = now;
  return store_position();
}

Result<void> FileSource::store_position() {
  if (!options_.follow || stored_) return {};
  LETHE_TRY(write_position(options_.position_path, committed_));
  stored_ = true;
  return {};
}

Result<void> FileSource::check_still_the_same() const {
  const struct stat open = LETHE_TRY(status_of(file_.get(), options_.path));
  if (static_cast<std::uint64_t>(open.st_size) < reader_.bytes_read()) {
    return not_the_same(options_, "became shorter");
  }
  struct stat named {};
  if (::stat(options_.path.c_str(), &named) != 0) {
    return errno == ENOENT ? not_the_same(options_, "was removed")
                           : system_error("look at", options_.path, errno);
  }
  if (named.st_ino != open.st_ino || named.st_dev != open.st_dev) {
    return not_the_same(options_, "was replaced");
  }
  return {};
}

}  // namespace lethe::connectors::file
