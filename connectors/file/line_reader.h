// SPDX-License-Identifier: Apache-2.0
//
// Lines of a descriptor, read in large blocks and handed out as views: no copy and no allocation
// per line. A block is shared by the batches whose lines lie in it and is freed with the last of
// them; a line that crosses the end of a block is moved to the next one. One thread.

#ifndef LETHE_CONNECTORS_FILE_LINE_READER_H_
#define LETHE_CONNECTORS_FILE_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lethe/result.h"

namespace lethe::connectors::file {

class LineReader {
 public:
  enum class Filled { kBytes, kNothing, kEnd };

  // fd is borrowed. `name` is for messages. A line may have at most max_line bytes.
  LineReader(int fd, std::string name, std::size_t max_line);

  // The next line without its newline, in block(); false when bytes are missing.
  bool next(std::string_view& line);

  // Reads once. kNothing: a descriptor that does not block has no bytes now. kEnd: end of file, for
  // now. bad_record, and nothing read, when the current line is too long.
  Result<Filled> fill();

  // What follows the last newline, as a line; false when there is nothing. For the end of input.
  bool rest(std::string_view& line);

  // False: the next fill() starts a new block, so that lines after it lie elsewhere than before.
  bool has_room() const noexcept;
  const std::shared_ptr<char[]>& block() const noexcept { return block_; }

  // Bytes and lines handed out so far, counted from the start of the input.
  std::uint64_t bytes() const noexcept { return bytes_; }
  std::uint64_t lines() const noexcept { return lines_; }
  // Bytes read so far, an unfinished line included.
  std::uint64_t bytes_read() const noexcept { return bytes_ + (end_ - begin_); }

  // Forgets what was read; the caller has put the descriptor there.
  void restart_at(std::uint64_t bytes, std::uint64_t lines);

 private:
  void make_room();

  int fd_;
  std::string name_;
  std::size_t max_line_;
  std::shared_ptr<char[]> block_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;    // of the line to hand out next
  std::size_t scanned_ = 0;  // no newline in [begin_, scanned_)
  std::size_t end_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_LINE_READER_H_
