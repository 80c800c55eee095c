// SPDX-License-Identifier: Apache-2.0
//
// custody_simulation [--schedules N] [--from SEED] [--seed SEED] [--break RULE --expect LAW]
//
// Runs schedules, each from its own seed. A broken law ends the run with seed, law and story; with
// --break the run must find exactly that. --seed tells the story of one schedule. Without
// --schedules the environment's LETHE_SIMULATIONS counts, else 10,000.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kms/root/local_file_root.h"
#include "tests/simulation/schedule.h"
#include "tests/support/temp_dir.h"

namespace lethe::simulation {
namespace {

struct Arguments {
  std::uint64_t from = 1;
  std::uint64_t schedules = 10'000;
  bool tell = false;
  LeftOut left_out = LeftOut::kNothing;
  std::string expect;
};

struct Rule {
  std::string_view name;
  LeftOut left_out;
};
constexpr Rule kRules[] = {
    {"beacon_read_back", LeftOut::kBeaconReadBack}, {"lease_clock", LeftOut::kLeaseClock},
    {"erased_rows", LeftOut::kErasedRows},          {"confirm", LeftOut::kConfirm},
    {"unique_birth", LeftOut::kUniqueBirth},
};

bool read_number(std::string_view text, std::uint64_t& number) {
  const std::string copy(text);
  char* end = nullptr;
  number = std::strtoull(copy.c_str(), &end, 10);
  return !copy.empty() && *end == '\0';
}

bool read_rule(std::string_view name, LeftOut& left_out) {
  for (const Rule& rule : kRules) {
    if (rule.name != name) continue;
    left_out = rule.left_out;
    return true;
  }
  return false;
}

bool read_arguments(int count, char** texts, Arguments& into) {
  if (const char* set = std::getenv("LETHE_SIMULATIONS"); set != nullptr && *set != '\0')
    if (!read_number(set, into.schedules)) return false;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = texts[i], value = texts[i + 1];
    bool known = true;
    if (name == "--schedules") {
      known = read_number(value, into.schedules);
    } else if (name == "--from") {
      known = read_number(value, into.from);
    } else if (name == "--seed") {
      known = read_number(value, into.from);
      into.schedules = 1;
      into.tell = true;
    } else if (name == "--break") {
      known = read_rule(value, into.left_out);
    } else {
      known = name == "--expect";
      into.expect = value;
    }
    if (!known) return false;
  }
  return count % 2 == 1;
}

void tell(std::uint64_t seed, const World& world) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  for (const std::string& sentence : world.story) std::printf("%s\n", sentence.c_str());
}

int run(const Arguments& arguments) {
  const testing::TempDir folder;
  const auto root = kms::root::LocalFileRoot::make("file-kms://" + folder.path("root.key"),
                                                   {.data_folder = {}, .create = true});
  if (!root) return std::fprintf(stderr, "%s\n", root.error().message().c_str()), 2;
  const Genesis genesis = make_genesis(**root);
  std::uint64_t kept = 0, fences = 0;
  for (std::uint64_t i = 0; i < arguments.schedules; ++i) {
    const std::uint64_t seed = arguments.from + i;
    Schedule schedule(seed, arguments.left_out, genesis, **root);
    const bool held = schedule.run();
    kept += schedule.kept();
    fences += schedule.world().log.fence_count();
    if (!held || arguments.tell) tell(seed, schedule.world());
    if (held) continue;
    std::printf("seed %llu breaks the law %s; tell it again with --seed\n",
                static_cast<unsigned long long>(seed), schedule.world().broken->c_str());
    return *schedule.world().broken == arguments.expect ? 0 : 1;
  }
  std::printf("%llu schedules, %llu values kept, %llu fences: all laws held\n",
              static_cast<unsigned long long>(arguments.schedules),
              static_cast<unsigned long long>(kept), static_cast<unsigned long long>(fences));
  return arguments.expect.empty() ? 0 : 1;
}

}  // namespace
}  // namespace lethe::simulation

int main(int count, char** texts) {
  lethe::simulation::Arguments arguments;
  if (lethe::simulation::read_arguments(count, texts, arguments))
    return lethe::simulation::run(arguments);
  std::fprintf(stderr,
               "usage: custody_simulation [--schedules N] [--from SEED] [--seed SEED]\n"
               "                          [--break RULE --expect LAW]\n");
  return 2;
}
