// SPDX-License-Identifier: Apache-2.0
//
// Reads JSON lines from a descriptor that cannot seek: standard input, usually a pipe. Memory is
// bounded by the batches in flight. What was read is gone: commit() has nothing to keep and
// rewind() says so, and a restart begins with whatever the pipe then holds.

#ifndef LETHE_CONNECTORS_FILE_STREAM_SOURCE_H_
#define LETHE_CONNECTORS_FILE_STREAM_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "connectors/file/line_batch.h"
#include "connectors/file/line_format.h"
#include "connectors/file/line_reader.h"
#include "connectors/source.h"

namespace lethe::connectors::file {

struct StreamSourceOptions {
  int fd = 0;  // borrowed
  std::string name = "stdin";
  LineFormat format = {};
  BatchLimits limits = {};
  std::size_t max_line = std::size_t{64} << 20;
};

class StreamSource final : public Source {
 public:
  static Result<std::unique_ptr<StreamSource>> make(StreamSourceOptions options);

  Result<Batch> read(std::stop_token stop, RebalanceListener& listener) override;
  Result<void> commit(const Checkpoint& checkpoint) override;
  Result<bool> rewind() override;
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    RebalanceListener& listener) override;
  Result<void> close() override;

 private:
  explicit StreamSource(StreamSourceOptions options);

  StreamSourceOptions options_;
  LineReader reader_;
  LineBatcher batcher_;
  std::uint64_t sequence_ = 0;
  bool ended_ = false;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_STREAM_SOURCE_H_
