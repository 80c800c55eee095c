// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON lines to a descriptor that cannot be taken back: standard output. A batch has left
// when write() returns, so that `lethe run | head` shows records as they come; a reader that goes
// away is bad_config, not a signal.

#ifndef LETHE_CONNECTORS_FILE_STREAM_SINK_H_
#define LETHE_CONNECTORS_FILE_STREAM_SINK_H_

#include <memory>
#include <string>
#include <vector>

#include "connectors/file/line_output.h"
#include "connectors/sink.h"

namespace lethe::connectors::file {

struct StreamSinkOptions {
  int fd = 1;  // borrowed
  std::string name = "stdout";
  bool envelope = false;
};

class StreamSink final : public Sink {
 public:
  static Result<std::unique_ptr<StreamSink>> make(StreamSinkOptions options);

  Result<void> write(Batch batch) override;
  Result<Durable> durable() override;
  Result<void> settle_refused(const Refused& refused, Route route) override;
  Result<void> drain(std::chrono::milliseconds deadline) override;
  std::vector<Batch> abandon() override;
  std::size_t in_flight_bytes() const override;
  Result<void> close() override;

 private:
  explicit StreamSink(StreamSinkOptions options);

  LineOutput output_;
};

}  // namespace lethe::connectors::file

#endif  // LETHE_CONNECTORS_FILE_STREAM_SINK_H_
