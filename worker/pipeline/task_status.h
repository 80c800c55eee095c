// SPDX-License-Identifier: Apache-2.0
//
// What others may know of a running task, and what remains of it when it has ended. TaskStatusBoard
// is thread-safe: the task writes it, REST, the command line and the watchdog read it.

#ifndef LETHE_WORKER_PIPELINE_TASK_STATUS_H_
#define LETHE_WORKER_PIPELINE_TASK_STATUS_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/result.h"
#include "worker/pipeline/chain.h"

namespace lethe::worker::pipeline {

enum class TaskState : std::uint8_t {
  kRunning,  // with a reason: a broker or sink is being tried again, under a budget
  kWaiting,  // for keys: store, KMS or lease; resumes by itself
  kFailed,
  kStopped,
};

constexpr std::string_view to_string(TaskState state) noexcept {
  switch (state) {
    case TaskState::kRunning:
      return "RUNNING";
    case TaskState::kWaiting:
      return "WAITING";
    case TaskState::kFailed:
      return "FAILED";
    case TaskState::kStopped:
      return "STOPPED";
  }
  return "FAILED";
}

struct TaskStatus {
  TaskState state = TaskState::kRunning;
  std::string reason;  // empty: all is well
};

class TaskStatusBoard {
 public:
  TaskStatus read() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  void write(TaskState state, std::string reason = {}) {
    const std::lock_guard lock(mutex_);
    status_ = {state, std::move(reason)};
  }

 private:
  mutable std::mutex mutex_;
  TaskStatus status_;
};

// Records whose fate is durable and committed. read = written + dropped + dead_lettered.
struct Tally {
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;  // deliberately, or by on_error: drop
  std::uint64_t dead_lettered = 0;
  std::uint64_t failed = 0;  // at some stage, whatever became of them then

  Tally& operator+=(const Tally& other) noexcept {
    read += other.read;
    written += other.written;
    dropped += other.dropped;
    dead_lettered += other.dead_lettered;
    failed += other.failed;
    return *this;
  }
};

// How a task ended. Without an error all it read is durable and its outputs are closed.
struct TaskReport {
  Tally totals;
  std::vector<StageReport> stages;  // repeats after a rewind count again
  std::optional<Error> error;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_TASK_STATUS_H_
