// SPDX-License-Identifier: Apache-2.0
//
// All that is left to chance in a schedule: numbers drawn from its seed (SplitMix64), the same on
// every machine and with every standard library. Owned by the world of one schedule; one thread.

#ifndef LETHE_TESTS_SIMULATION_DICE_H_
#define LETHE_TESTS_SIMULATION_DICE_H_

#include <chrono>
#include <cstdint>

namespace lethe::simulation {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // 0 to n - 1; n is not 0.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  bool percent(unsigned chance) { return below(100) < chance; }
  // 0 to most, in milliseconds.
  std::chrono::milliseconds up_to(std::chrono::milliseconds most) {
    const auto bound = static_cast<std::uint64_t>(most.count()) + 1;
    return std::chrono::milliseconds(static_cast<std::int64_t>(below(bound)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_DICE_H_
