// SPDX-License-Identifier: Apache-2.0
//
// Contenders in one run, taking turns batch by batch and changing their order, so that what else
// the machine does meets all of them alike. Time is that of this thread on its core; compared are
// rounds, and a ratio is the median of the rounds' ratios.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_RACE_H_
#define LETHE_TESTS_BENCH_TRANSFORM_RACE_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/transform/contender.h"

namespace lethe::bench {

struct Lane {
  std::string name;
  Contender* contender;
  const Pool* pool;
  std::size_t every = 1;  // runs only each so-many-th batch: for the slow
};

// Nanoseconds per record, a figure per round.
using Times = std::vector<double>;

// Times of each lane, after one round that does not count. Pools have the same number of batches.
std::vector<Times> race(std::span<const Lane> lanes, std::size_t rounds);

double median(Times times);
double median_ratio(const Times& over, const Times& under);

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_RACE_H_
