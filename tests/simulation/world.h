// SPDX-License-Identifier: Apache-2.0
//
// What all actors of one schedule share: the log, simulated time, the dice, what has happened so
// far in sentences, and the first law that was broken. Nothing here reads a real clock. One thread.

#ifndef LETHE_TESTS_SIMULATION_WORLD_H_
#define LETHE_TESTS_SIMULATION_WORLD_H_

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/sim_log.h"

namespace lethe::simulation {

inline constexpr std::chrono::seconds kLease{30};

// A rule that is left out on purpose, so that a run shows that its law can be found broken.
enum class LeftOut : std::uint8_t {
  kNothing,
  kBeaconReadBack,  // a beacon counts although only a stale replica has acknowledged it
  kLeaseClock,      // the clock of the lease stands still
  kErasedRows,      // an erasure removes rows that it has not named as erased
  kConfirm,         // what was opened leaves without confirm()
  kUniqueBirth,     // the store lets everybody win a birth
};

class World {
 public:
  World(std::uint64_t seed, LeftOut rule)
      : dice(seed), left_out(rule), transactional(dice.percent(50)) {}

  void pass(SimTime time) { now += time; }
  void tell(std::string sentence) {
    char at[32];
    std::snprintf(at, sizeof at, "%9.3f s  ", std::chrono::duration<double>(now).count());
    story.push_back(at + std::string(2 * static_cast<std::size_t>(depth), ' ') +
                    std::move(sentence));
  }
  void break_law(std::string_view law, const std::string& how) {
    if (broken) return;
    broken = law;
    tell("BROKEN LAW: " + std::string(law) + ": " + how);
  }

  Dice dice;
  const LeftOut left_out;
  const bool transactional;  // the store is a database; else a log without transactions
  SimLog log;
  SimTime now{};
  bool healed = false;  // nothing fails any more, and nobody comes in between
  int depth = 0;        // of actions within actions
  std::function<void()> somebody_acts;
  std::vector<std::string> story;
  std::optional<std::string> broken;
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_WORLD_H_
