// SPDX-License-Identifier: Apache-2.0
//
// One schedule: a few workers on one store, and some dozens of actions drawn from a seed, at the end
// of which everything is healed and must come to the end that the protocol promises. The seed
// decides all of it; keys are drawn at random and decide nothing. One thread.

#ifndef LETHE_TESTS_SIMULATION_SCHEDULE_H_
#define LETHE_TESTS_SIMULATION_SCHEDULE_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/laws.h"
#include "tests/simulation/worker.h"
#include "tests/simulation/world.h"

namespace lethe::simulation {

// A store that was initialised, with its subjects; made once, since it costs more than a schedule.
struct Genesis {
  SimLog log;
  std::vector<Subject> subjects;
};
Genesis make_genesis(kms::root::RootKey& root);

class Schedule {
 public:
  Schedule(std::uint64_t seed, LeftOut left_out, const Genesis& genesis, kms::root::RootKey& root);

  // Returns whether all laws held.
  bool run();
  const World& world() const { return world_; }
  std::size_t kept() const { return laws_.values().size(); }

 private:
  struct Asked {
    std::string id;
    std::size_t subject = 0;
  };

  void act();
  void act_now(Worker& worker);
  void act(Worker& worker);
  void use_keys(Worker& worker);
  void ask(Worker& worker);
  void change_network(Worker& worker);
  const Subject& draw_subject();

  void heal();
  bool is_over() const;
  void check_end(Worker& last);
  void check_value(const KeptValue& value, Worker& last);
  void check_journal(Worker& last);

  World world_;
  const Genesis& genesis_;
  kms::root::RootKey& root_;
  Laws laws_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::deque<Asked> asked_;  // addresses stay
  std::size_t sealed_ = 0;
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_SCHEDULE_H_
