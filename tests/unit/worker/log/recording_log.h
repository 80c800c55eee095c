// SPDX-License-Identifier: Apache-2.0
//
// A log that keeps its lines for a test: "level message name=value ...". Thread-safe.

#ifndef LETHE_TESTS_UNIT_WORKER_LOG_RECORDING_LOG_H_
#define LETHE_TESTS_UNIT_WORKER_LOG_RECORDING_LOG_H_

#include <mutex>
#include <string>
#include <vector>

#include "worker/log/log.h"

namespace lethe::worker::log {

class RecordingLog final : public Log {
 public:
  void write(Level level, std::string_view message,
             std::span<const Field> fields) noexcept override {
    std::string line = std::string(to_string(level)) + " " + std::string(message);
    for (const Field& field : fields) {
      line.append(" ").append(field.name()).append("=");
      if (const auto* number = std::get_if<std::int64_t>(&field.value()))
        line.append(std::to_string(*number));
      else
        line.append(std::get<std::string_view>(field.value()));
    }
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::string all() const {
    std::string text;
    for (const std::string& line : lines()) text.append(line).append("\n");
    return text;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace lethe::worker::log

#endif  // LETHE_TESTS_UNIT_WORKER_LOG_RECORDING_LOG_H_
