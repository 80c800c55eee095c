// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before the next attempt: exponential with jitter, under a budget that counts
// from the first failure of a row. One thread.

#ifndef LETHE_WORKER_PIPELINE_BACKOFF_H_
#define LETHE_WORKER_PIPELINE_BACKOFF_H_

#include <chrono>
#include <functional>
#include <optional>

#include "worker/pipeline/clock.h"

namespace lethe::worker::pipeline {

// Uniform in [0, 1).
using Jitter = std::function<double()>;
// A generator per thread; thread-safe.
double random_jitter();

class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;
  struct Options {
    Milliseconds first{100};
    Milliseconds longest{10'000};
    std::optional<Milliseconds> budget;  // none: for ever
  };

  Backoff(Options options, Jitter jitter);

  // After a failure at `now`: the pause before the next attempt, between half and the whole of the
  // current step; nothing if the budget is used up. The last attempt falls on the end of the
  // budget.
  std::optional<Milliseconds> next(Clock::Time now);

  // The row is over.
  void reset() noexcept { since_.reset(); }

 private:
  const Options options_;
  const Jitter jitter_;
  std::optional<Clock::Time> since_;
  Milliseconds step_{};
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_BACKOFF_H_
