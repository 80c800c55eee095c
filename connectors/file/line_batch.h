// SPDX-License-Identifier: Apache-2.0
//
// Fills batches with the lines of a LineReader: what a file and standard input have in common. One
// batch views one block; it ends when it is full or when the next line would lie in another block.

#ifndef LETHE_CONNECTORS_FILE_LINE_BATCH_H_
#define LETHE_CONNECTORS_FILE_LINE_BATCH_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/batch.h"
#include "connectors/file/line_format.h"
#include "connectors/file/line_reader.h"
#include "lethe/result.h"

namespace lethe::connectors::file {

struct BatchLimits {
  std::size_t records = 1000;
  std::size_t bytes = std::size_t{1} << 20;  // exceeded by at most one record
};

class LineBatcher {
 public:
  // Records have `topic` as their topic and the number of their line, from 1, as their offset.
  LineBatcher(std::string topic, LineFormat format, BatchLimits limits);

  // Adds lines to `batch`, waiting at most `wait` for the first bytes. True: the input has ended,
  // for now; a last line without newline is still in the reader.
  Result<bool> fill(int fd, LineReader& reader, std::chrono::milliseconds wait, Batch& batch);

  // Adds one line that the caller took from the reader.
  void add(LineReader& reader, std::string_view line, Batch& batch);

 private:
  std::shared_ptr<const std::string> topic_;
  LineFormat format_;
  BatchLimits limits_;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_LINE_BATCH_H_
