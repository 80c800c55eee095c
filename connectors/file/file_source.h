// SPDX-License-Identifier: Apache-2.0
//
// Reads a file of JSON lines. Each run reads all of it and then ends; with `follow` it goes on with
// what is appended, never ends, and starts after a restart where it was committed, which it keeps
// in a small file of its own. A followed file that was cut or replaced is an error, not a fresh
// start: nobody could say which lines were lost.

#ifndef LETHE_CONNECTORS_FILE_FILE_SOURCE_H_
#define LETHE_CONNECTORS_FILE_FILE_SOURCE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "connectors/file/descriptor.h"
#include "connectors/file/line_batch.h"
#include "connectors/file/line_format.h"
#include "connectors/file/line_reader.h"
#include "connectors/file/position_file.h"
#include "connectors/source.h"

namespace lethe::connectors::file {

struct FileSourceOptions {
  std::string path;
  bool follow = false;
  std::string position_path = {};  // default: path + ".lethe-position"
  LineFormat format = {};
  BatchLimits limits = {};
  std::size_t max_line = std::size_t{64} << 20;  // a longer one is bad_record, naming the line
  // How often the position is written; what was read since is read again after a crash.
  std::chrono::milliseconds commit_interval{1000};
};

class FileSource final : public Source {
 public:
  // bad_config: no such file, no right to read it, or a position that does not belong to it.
  static Result<std::unique_ptr<FileSource>> make(FileSourceOptions options);

  Result<Batch> read(std::stop_token stop, RebalanceListener& listener) override;
  Result<void> commit(const Checkpoint& checkpoint) override;
  Result<bool> rewind() override;
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    RebalanceListener& listener) override;
  Result<void> close() override;

 private:
  FileSource(FileSourceOptions options, Descriptor file, FilePosition start);

  // Where the reader stood after the batch with this sequence.
  struct Mark {
    std::uint64_t sequence;
    std::uint64_t bytes;
    std::uint64_t lines;
  };

  Result<void> check_still_the_same() const;
  Result<void> seek_to_committed();
  Result<void> store_position_if_due();
  Result<void> store_position();
  void mark(Batch& batch);

  FileSourceOptions options_;
  Descriptor file_;
  LineReader reader_;
  LineBatcher batcher_;
  FilePosition committed_;
  bool stored_ = true;  // committed_ is in the position file
  std::chrono::steady_clock::time_point last_store_;
  std::deque<Mark> marks_;
  std::uint64_t generation_ = 1;
  std::uint64_t sequence_ = 0;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_FILE_SOURCE_H_
