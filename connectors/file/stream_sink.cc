// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/stream_sink.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "connectors/file/descriptor.h"

namespace lethe::connectors::file {

Result<std::unique_ptr<StreamSink>> StreamSink::make(StreamSinkOptions options) {
  const int flags = ::fcntl(options.fd, F_GETFL);
  if (flags < 0) return system_error("write", options.name, errno);
  if ((flags & O_ACCMODE) == O_RDONLY) return system_error("write", options.name, EBADF);
  return std::unique_ptr<StreamSink>(new StreamSink(std::move(options)));
}

StreamSink::StreamSink(StreamSinkOptions options)
    : output_(options.fd, std::move(options.name), options.envelope) {}

Result<void> StreamSink::write(Batch batch) {
  return output_.write(std::move(batch));
}

Result<Durable> StreamSink::durable() {
  return Durable{output_.take_finished(), output_.take_refused()};
}

Result<void> StreamSink::settle_refused(const Refused& refused, Route route) {
  return output_.settle_refused(refused, route);
}

Result<void> StreamSink::drain(std::chrono::milliseconds) {
  return {};
}

std::vector<Batch> StreamSink::abandon() {
  return output_.abandon();
}

std::size_t StreamSink::in_flight_bytes() const {
  return output_.in_flight_bytes();
}

Result<void> StreamSink::close() {
  return {};
}

}  // namespace lethe::connectors::file
