// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/transform/race.h"

#include <time.h>

#include <algorithm>

namespace lethe::bench {
namespace {

double now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double timed(const Lane& lane, const Records& records) {
  lane.contender->prepare(records);
  const double start = now_ns();
  lane.contender->run();
  return now_ns() - start;
}

// One round: nanoseconds per record of each lane.
Times run_round(std::span<const Lane> lanes) {
  Times spent(lanes.size(), 0.0), records(lanes.size(), 0.0);
  for (std::size_t batch = 0; batch < lanes[0].pool->size(); ++batch)
    for (std::size_t turn = 0; turn < lanes.size(); ++turn) {
      const std::size_t i = (batch + turn) % lanes.size();
      const Lane& lane = lanes[i];
      if (batch % lane.every != 0) continue;
      spent[i] += timed(lane, (*lane.pool)[batch]);
      records[i] += static_cast<double>((*lane.pool)[batch].size());
    }
  for (std::size_t i = 0; i < lanes.size(); ++i) spent[i] /= records[i];
  return spent;
}

}  // namespace

std::vector<Times> race(std::span<const Lane> lanes, std::size_t rounds) {
  std::vector<Times> times(lanes.size());
  run_round(lanes);
  for (std::size_t round = 0; round < rounds; ++round) {
    const Times spent = run_round(lanes);
    for (std::size_t i = 0; i < lanes.size(); ++i) times[i].push_back(spent[i]);
  }
  return times;
}

double median(Times times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

double median_ratio(const Times& over, const Times& under) {
  Times ratios;
  for (std::size_t i = 0; i < over.size(); ++i) ratios.push_back(over[i] / under[i]);
  return median(std::move(ratios));
}

}  // namespace lethe::bench
