// SPDX-License-Identifier: Apache-2.0
//
// The time as the pipeline sees it, injected so that no test waits. Thread-safe.

#ifndef LETHE_WORKER_PIPELINE_CLOCK_H_
#define LETHE_WORKER_PIPELINE_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace lethe::worker::pipeline {

class Clock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual Time now() const noexcept = 0;              // for durations
  virtual std::int64_t unix_ms() const noexcept = 0;  // the date, since 1970
};

class SystemClock final : public Clock {
 public:
  Time now() const noexcept override { return std::chrono::steady_clock::now(); }
  std::int64_t unix_ms() const noexcept override {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
  }
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_CLOCK_H_
