// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/stream_source.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "connectors/file/descriptor.h"

namespace lethe::connectors::file {
namespace {

constexpr std::chrono::milliseconds kReadWait{100};

}  // namespace

Result<std::unique_ptr<StreamSource>> StreamSource::make(StreamSourceOptions options) {
  if (::fcntl(options.fd, F_GETFL) < 0) return system_error("read", options.name, errno);
  // A larger pipe means fewer switches between its two ends; not every descriptor is one.
  static_cast<void>(::fcntl(options.fd, F_SETPIPE_SZ, 1 << 20));
  return std::unique_ptr<StreamSource>(new StreamSource(std::move(options)));
}

StreamSource::StreamSource(StreamSourceOptions options)
    : options_(std::move(options)),
      reader_(options_.fd, options_.name, options_.max_line),
      batcher_(options_.name, options_.format, options_.limits) {}

Result<Batch> StreamSource::read(std::stop_token stop, RebalanceListener&) {
  Batch batch;
  batch.end = ended_;
  if (ended_ || stop.stop_requested()) return batch;
  ended_ = LETHE_TRY(batcher_.fill(options_.fd, reader_, kReadWait, batch));
  std::string_view line;
  if (ended_ && reader_.rest(line)) batcher_.add(reader_, line, batch);
  batch.end = ended_;
  if (!batch.empty()) {
    batch.checkpoint.generation = 1;
    batch.checkpoint.sequence = ++sequence_;
    batch.checkpoint.positions.push_back(
        {options_.name, -1, static_cast<std::int64_t>(reader_.bytes())});
  }
  return batch;
}

Result<void> StreamSource::commit(const Checkpoint&) {
  return {};
}

Result<bool> StreamSource::rewind() {
  return false;
}

Result<void> StreamSource::idle(std::chrono::milliseconds duration, std::stop_token stop,
                                RebalanceListener&) {
  wait(duration, stop);
  return {};
}

Result<void> StreamSource::close() {
  return {};
}

}  // namespace lethe::connectors::file
