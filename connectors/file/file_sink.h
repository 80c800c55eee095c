// SPDX-License-Identifier: Apache-2.0
//
// Writes a file of JSON lines. A run replaces it as a whole: lines go to PATH.lethe-tmp, which
// close() flushes and renames; a run that fails leaves the old file as it was. With `follow` lines
// are appended in place, and a batch counts as durable when it was flushed to the disk. A source
// that never ends (Kafka, a followed file) needs `follow`: its commits would outlive a temporary
// file.
//
// A followed file belongs to this sink: a last line without newline is what a crash left of a write
// that was never confirmed. It is moved to PATH.lethe-torn before the first append. Devices and
// pipes are written in place.

#ifndef LETHE_CONNECTORS_FILE_FILE_SINK_H_
#define LETHE_CONNECTORS_FILE_FILE_SINK_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/file/descriptor.h"
#include "connectors/file/line_output.h"
#include "connectors/sink.h"

namespace lethe::connectors::file {

struct FileSinkOptions {
  std::string path;
  bool follow = false;
  bool envelope = false;
  // With follow: how long batches may wait for a common flush.
  std::chrono::milliseconds sync_interval{200};
};

class FileSink final : public Sink {
 public:
  // bad_config: no such folder, no right to write, or another process writes the file.
  static Result<std::unique_ptr<FileSink>> make(FileSinkOptions options);
  ~FileSink() override;  // removes the temporary file unless close() has renamed it

  Result<void> write(Batch batch) override;
  Result<Durable> durable() override;
  Result<void> settle_refused(const Refused& refused, Route route) override;
  Result<void> drain(std::chrono::milliseconds deadline) override;
  std::vector<Batch> abandon() override;
  std::size_t in_flight_bytes() const override;
  Result<void> close() override;

 private:
  // How the target is reached: which file is open and what close() renames to path.
  struct Target {
    Descriptor file;
    std::string path;
    std::string temporary;    // empty: written in place
    std::uint64_t start = 0;  // length before the first line of ours
    bool regular = true;      // can be cut back
  };
  static Result<Target> open_target(const FileSinkOptions& options);
  static Result<Target> open_in_place(std::string path);
  static Result<Target> open_temporary(std::string path);

  FileSink(FileSinkOptions options, Target target);
  Result<void> sync();

  FileSinkOptions options_;
  Target target_;
  LineOutput output_;
  std::optional<Error> failure_;  // of an abandon(), for the next write()
  std::chrono::steady_clock::time_point last_sync_;
  bool synced_ = true;
  bool closed_ = false;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_FILE_SINK_H_
