// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/backoff.h"

#include <algorithm>
#include <random>
#include <utility>

namespace lethe::worker::pipeline {

double random_jitter() {
  thread_local std::minstd_rand generator(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

Backoff::Backoff(Options options, Jitter jitter) : options_(options), jitter_(std::move(jitter)) {}

std::optional<Backoff::Milliseconds> Backoff::next(Clock::Time now) {
  if (!since_.has_value()) {
    since_ = now;
    step_ = options_.first;
  }
  const auto half = step_ / 2;
  auto pause = half + Milliseconds(static_cast<Milliseconds::rep>(
                          jitter_() * static_cast<double>((step_ - half).count())));
  if (options_.budget.has_value()) {
    const auto spent = std::chrono::duration_cast<Milliseconds>(now - *since_);
    if (spent >= *options_.budget) return std::nullopt;
    pause = std::min(pause, *options_.budget - spent);
  }
  step_ = std::min(step_ * 2, options_.longest);
  return pause;
}

}  // namespace lethe::worker::pipeline
