// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "connectors/file/descriptor.h"

namespace lethe::connectors::file {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
// Less than this left at the end of a block is not worth a system call.
constexpr std::size_t kSmallestRead = std::size_t{4} << 10;

}  // namespace

LineReader::LineReader(int fd, std::string name, std::size_t max_line)
    : fd_(fd), name_(std::move(name)), max_line_(max_line) {}

bool LineReader::next(std::string_view& line) {
  const char* from = block_.get() + scanned_;
  const void* newline = end_ == scanned_ ? nullptr : std::memchr(from, '\n', end_ - scanned_);
  if (newline == nullptr) {
    scanned_ = end_;
    return false;
  }
  const auto stop = static_cast<std::size_t>(static_cast<const char*>(newline) - block_.get());
  line = {block_.get() + begin_, stop - begin_};
  bytes_ += stop + 1 - begin_;
  ++lines_;
  begin_ = scanned_ = stop + 1;
  return true;
}

bool LineReader::rest(std::string_view& line) {
  if (begin_ == end_) return false;
  line = {block_.get() + begin_, end_ - begin_};
  bytes_ += line.size();
  ++lines_;
  begin_ = scanned_ = end_;
  return true;
}

bool LineReader::has_room() const noexcept {
  return capacity_ - end_ >= kSmallestRead;
}

Result<LineReader::Filled> LineReader::fill() {
  if (end_ - begin_ > max_line_) {
    return bad_record(name_ + ", line " + std::to_string(lines_ + 1) + ": longer than " +
                      std::to_string(max_line_) + " bytes; is this a file of JSON lines?");
  }
  if (!has_room()) make_room();
  for (;;) {
    const ssize_t n = ::read(fd_, block_.get() + end_, capacity_ - end_);
    if (n > 0) {
      end_ += static_cast<std::size_t>(n);
      return Filled::kBytes;
    }
    if (n == 0) return Filled::kEnd;
    if (errno == EAGAIN) return Filled::kNothing;
    if (errno != EINTR) return system_error("read", name_, errno);
  }
}

void LineReader::make_room() {
  const std::size_t kept = end_ - begin_;
  const std::size_t capacity = std::max(kBlock, kept * 2);
  // Not value-initialised: pages that are never read into cost nothing.
  std::shared_ptr<char[]> next(new char[capacity]);
  if (kept != 0) std::memcpy(next.get(), block_.get() + begin_, kept);
  block_ = std::move(next);
  capacity_ = capacity;
  scanned_ -= begin_;
  begin_ = 0;
  end_ = kept;
}

void LineReader::restart_at(std::uint64_t bytes, std::uint64_t lines) {
  block_.reset();
  capacity_ = begin_ = scanned_ = end_ = 0;
  bytes_ = bytes;
  lines_ = lines;
}

}  // namespace lethe::connectors::file
