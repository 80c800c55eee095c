// SPDX-License-Identifier: Apache-2.0
//
// The worker's log on spdlog: readable text on a terminal, one JSON object a line elsewhere (files,
// journald, containers). Times are UTC. Thread-safe. The library stays behind this header.

#ifndef LETHE_WORKER_LOG_SPDLOG_LOG_H_
#define LETHE_WORKER_LOG_SPDLOG_LOG_H_

#include <iosfwd>
#include <memory>

#include "worker/log/log.h"

namespace lethe::worker::log {

enum class Format { kText, kJson };

class SpdlogLog final : public Log {
 public:
  // On standard error: coloured text if that is a terminal, JSON lines if not.
  static std::unique_ptr<SpdlogLog> to_stderr(Level lowest);
  // On a stream that outlives the log.
  static std::unique_ptr<SpdlogLog> to_stream(std::ostream& out, Format format, Level lowest);

  ~SpdlogLog() override;
  void write(Level level, std::string_view message,
             std::span<const Field> fields) noexcept override;

 private:
  struct Writer;
  explicit SpdlogLog(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace lethe::worker::log

#endif  // LETHE_WORKER_LOG_SPDLOG_LOG_H_
