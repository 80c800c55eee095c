// SPDX-License-Identifier: Apache-2.0
//
// The loop: source -> chain -> error policy -> sink, and commits behind what has become durable. A
// transient failure abandons what is in flight, rewinds the source (or takes the originals again)
// and goes on after a pause; any other ends the task. Nothing is committed that is not durable, and
// the sink is closed only after success, so that a file which is not complete never takes its name.
// run() belongs to one thread; status() to any.

#ifndef LETHE_WORKER_PIPELINE_TASK_H_
#define LETHE_WORKER_PIPELINE_TASK_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "connectors/sink.h"
#include "connectors/source.h"
#include "worker/pipeline/backoff.h"
#include "worker/pipeline/chain.h"
#include "worker/pipeline/error_policy.h"
#include "worker/pipeline/task_status.h"

namespace lethe::worker::pipeline {

struct TaskOptions {
  std::string pipeline;
  int number = 0;
  std::size_t most_in_flight = std::size_t{64} << 20;  // bytes that are not durable yet
  std::chrono::milliseconds drain_deadline{30'000};
  // The budget is for brokers, sources and sinks. Keys that are out of reach are waited for.
  Backoff::Options retry{.budget = std::chrono::minutes(1)};
};

class Task final : private connectors::RebalanceListener {
 public:
  struct Parts {
    std::unique_ptr<Chain> chain;
    std::unique_ptr<ErrorPolicy> errors;
    std::unique_ptr<connectors::Source> source;
    std::unique_ptr<connectors::Sink> sink;
  };

  Task(TaskOptions options, Parts parts, log::Log& log, const Clock& clock, Jitter jitter);

  // Until the input ends, a stop is requested (drains, commits and closes within the deadline) or a
  // failure that retrying does not mend. Once.
  TaskReport run(std::stop_token stop);

  TaskStatus status() const { return status_.read(); }

 private:
  // Where a failure comes from decides how patiently it is retried.
  enum class Step : std::uint8_t { kReading, kTransforming, kDelivering };
  static constexpr std::size_t kSteps = 3;

  // A batch at the sink, whose checkpoint has not been confirmed.
  struct InFlight {
    std::uint64_t sequence;
    Tally tally;
  };

  Result<void> stream(std::stop_token stop);
  Result<connectors::Batch> next(std::stop_token stop);
  Result<void> forward();
  Result<void> settle_durable();
  Result<void> commit(const connectors::Checkpoint& checkpoint);
  Result<void> answer(const connectors::Refused& refused);
  Result<void> throttle(std::stop_token stop);
  Result<void> drain(std::chrono::milliseconds deadline);
  Result<void> release(std::span<const connectors::Position> partitions, bool lost) override;

  // Nothing: the stream may go on. Else the error that ends the task.
  std::optional<Error> recover(Error error, std::stop_token stop);
  void take_back();
  Result<void> start_again();
  TaskReport ended(Result<void> outcome, std::stop_token stop);

  void works(Step step);
  void flush(bool now);

  const TaskOptions options_;
  log::Log& log_;
  const Clock& clock_;
  TaskStatusBoard status_;
  // In this order: batches at the sink view bytes of the source and texts of the chain.
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<ErrorPolicy> errors_;
  std::unique_ptr<connectors::Source> source_;
  std::unique_ptr<connectors::Sink> sink_;

  connectors::Batch current_;            // read, not handed to the sink yet
  std::deque<connectors::Batch> again_;  // taken back, in order; for sources that cannot seek
  std::deque<InFlight> in_flight_;
  bool must_start_again_ = false;
  bool exhausted_ = false;       // the source's end has been read
  std::optional<Step> trouble_;  // what the status gives a reason for
  Step step_ = Step::kReading;
  std::array<Backoff, kSteps> backoffs_;
  Clock::Time flushed_;
  TaskReport report_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_TASK_H_
