// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/schedule.h"

#include <algorithm>

#include "kms/crypto/derive.h"
#include "kms/hierarchy.h"

namespace lethe::simulation {

using kms::erasure::Stage;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int kActions = 60;
constexpr std::size_t kSubjects = 2;
constexpr const char* kTitles[kSubjects] = {"ada", "bob"};
constexpr std::uint64_t kMostWorkers = 3;
constexpr unsigned kOnTheEdge = 4;  // per cent
constexpr int kMostRounds = 30;     // of the end; each takes a lease

kms::Hierarchy::Options opening() {
  return {std::string(kTenant), kms::KeyNames::kHashed, true, {}};
}

}  // namespace

// Names in the order of their hashes: whatever goes through subjects in order then does the same in
// every run, although the tenant secret is drawn anew.
Genesis make_genesis(kms::root::RootKey& root) {
  World world(0, LeftOut::kNothing);
  world.healed = true;
  Laws laws(world);
  Worker first(world, laws, root, "genesis");
  first.start(0);
  Link link;
  SimStore store(world, link);
  const auto hierarchy = std::move(kms::Hierarchy::make(store, root, opening())).value();
  Genesis genesis{world.log, {}};
  for (std::size_t i = 0; i < kSubjects; ++i) {
    const std::string name = "person-" + std::to_string(i);
    genesis.subjects.push_back(
        {name, {}, {kms::crypto::subject_hash(hierarchy->tenant_secret(), kTenant, name)}});
  }
  std::sort(genesis.subjects.begin(), genesis.subjects.end(),
            [](const Subject& a, const Subject& b) { return a.hash < b.hash; });
  for (std::size_t i = 0; i < kSubjects; ++i) genesis.subjects[i].title = kTitles[i];
  return genesis;
}

Schedule::Schedule(std::uint64_t seed, LeftOut left_out, const Genesis& genesis,
                   kms::root::RootKey& root)
    : world_(seed, left_out), genesis_(genesis), root_(root), laws_(world_) {
  world_.log = genesis.log;
  world_.somebody_acts = [this] { act(); };
  const std::uint64_t count = 2 + world_.dice.below(kMostWorkers - 1);
  for (std::uint64_t i = 0; i < count; ++i)
    workers_.push_back(
        std::make_unique<Worker>(world_, laws_, root_, "worker-" + std::to_string(i + 1)));
}

bool Schedule::run() {
  world_.tell(world_.transactional ? "The store is a database" : "The store is a log");
  for (const auto& worker : workers_) act_now(*worker);
  for (int i = 0; i < kActions && !world_.broken; ++i) act();
  if (!world_.broken) heal();
  return !world_.broken;
}

// ---- what happens -----------------------------------------------------------------------------

// Some time, and an action of somebody who is not within one.
void Schedule::act() {
  if (world_.dice.percent(50))
    world_.pass(world_.dice.up_to(world_.dice.percent(10) ? milliseconds(kLease) : seconds(4)));
  if (world_.dice.percent(kOnTheEdge)) go_to_the_edge();
  act_now(*workers_[world_.dice.below(workers_.size())]);
}

// The moment from which nobody may use what the latest fence has killed.
void Schedule::go_to_the_edge() {
  const auto fenced = world_.log.last_fence();
  const SimTime edge = fenced.value_or(SimTime{}) + SimTime(kLease) * 1'011 / 1'000;
  if (fenced && edge > world_.now) world_.now = edge;
}

void Schedule::act_now(Worker& worker) {
  if (worker.busy || world_.broken) return;
  worker.busy = true;
  ++world_.depth;
  act(worker);
  --world_.depth;
  worker.busy = false;
  if (worker.link().dying) worker.kill();
}

void Schedule::act(Worker& worker) {
  if (!worker.runs()) return worker.start(genesis_.log.end());
  // Who overtakes somebody mostly uses keys, too.
  if (world_.depth > 1 && world_.dice.percent(50)) return use_keys(worker);
  const std::uint64_t drawn = world_.dice.below(100);
  if (drawn < 18) return worker.beat();
  if (drawn < 57) return use_keys(worker);
  if (drawn < 75) return worker.tick();
  if (drawn < 86) return ask(worker);
  if (drawn < 95) return change_network(worker);
  if (drawn < 97) return worker.kill();
  if (drawn < 98) return worker.set_wall_clock(world_.dice.up_to(kLease) - SimTime(kLease) / 2);
  return worker.reinstate(draw_subject());
}

const Subject& Schedule::draw_subject() {
  return genesis_.subjects[world_.dice.percent(70) ? 0 : 1];
}

void Schedule::use_keys(Worker& worker) {
  const auto& values = laws_.values();
  if (world_.dice.percent(40)) worker.beat();
  if (values.empty() || world_.dice.percent(40)) return worker.seal(sealed_++, draw_subject());
  const std::size_t first = world_.dice.below(values.size());
  const auto erased = std::find_if(values.begin(), values.end(),
                                   [&](const KeptValue& value) { return laws_.is_erased(value); });
  // Those that should not open any more are tried more often than others.
  const bool forbidden = erased != values.end() && world_.dice.percent(30);
  worker.open(forbidden ? *erased : values[first]);
}

void Schedule::ask(Worker& worker) {
  const std::uint64_t drawn = world_.dice.below(10);
  if (drawn == 0) return worker.hold(draw_subject(), world_.dice.percent(50));
  if (drawn == 1 && !asked_.empty())
    return worker.cancel(asked_[world_.dice.below(asked_.size())].id);
  if (drawn > 3 || asked_.empty())
    asked_.push_back({"er-" + std::to_string(asked_.size() + 1), world_.dice.below(kSubjects)});
  const Asked& asked = drawn > 3 ? asked_.back() : asked_[world_.dice.below(asked_.size())];
  const Subject& subject = genesis_.subjects[asked.subject];
  kms::erasure::Request request;
  request.name = subject.name;
  request.erasure_id = asked.id;
  request.actor = "user:dpo";
  request.unseen = world_.dice.percent(10);
  if (world_.dice.percent(20)) request.policy = kms::ErasedPolicy::kRecreate;
  if (world_.dice.percent(15)) request.undo_window = world_.dice.up_to(2 * kLease);
  if (world_.dice.percent(15)) request.execute_at = worker.wall() + world_.dice.up_to(2 * kLease);
  worker.request(request, subject);
}

void Schedule::change_network(Worker& worker) {
  constexpr const char* kHow[] = {"reaches the store", "is cut off with a stale replica",
                                  "reaches nothing"};
  const std::uint64_t drawn = world_.dice.below(10);
  const std::size_t which = drawn < 6 ? 0 : drawn < 9 ? 1 : 2;
  worker.link().network = static_cast<Network>(which);
  world_.tell(worker.name() + " " + kHow[which]);
}

// ---- the end ----------------------------------------------------------------------------------

void Schedule::heal() {
  world_.tell("Everything heals, and a fresh worker goes on");
  world_.healed = true;
  for (const auto& worker : workers_) worker->kill();
  Worker last(world_, laws_, root_, "last");
  last.start(genesis_.log.end());
  if (world_.broken) return;
  last.beat();
  for (const Subject& subject : genesis_.subjects) last.hold(subject, false);
  for (int round = 0; round < kMostRounds && !is_over() && !world_.broken; ++round) {
    last.beat();
    last.tick();
    world_.pass(SimTime(kLease) * 6 / 10);
  }
  last.beat();
  last.tick();
  if (!world_.broken) check_end(last);
}

bool Schedule::is_over() const {
  return world_.log.open_erasures() == 0;
}

void Schedule::check_end(Worker& last) {
  for (const auto& [id, entries] : world_.log.requested()) {
    const auto status = last.erasures().status(id);
    const bool over =
        status && (status->stage == Stage::kRemoved || status->stage == Stage::kCancelled);
    if (!over) world_.break_law(law::kSameEnd, "erasure " + id + " never ends");
  }
  for (const KeptValue& value : laws_.values()) check_value(value, last);
  for (const kms::store::EdekRow& row : world_.log.ever_born()) check_key(row, last);
  check_journal(last);
}

// Keys that nobody ever sealed with, since they lost the race of their birth, were not erased.
void Schedule::check_key(const kms::store::EdekRow& row, Worker& last) {
  if (row.fence_version < world_.log.current_fence(row.subject, kNever)) return;
  if (kms::opening_state(last.session(), row.dek_id) == LETHE_KEY_SHREDDED)
    world_.break_law(law::kRaceErasesNobody, "a key reads as shredded whose subject lives");
}

void Schedule::check_value(const KeptValue& value, Worker& last) {
  const std::int32_t wanted = laws_.is_erased(value) ? LETHE_KEY_SHREDDED : LETHE_KEY_AVAILABLE;
  const std::int32_t state = kms::opening_state(last.session(), value.sealed.dek_id);
  const std::string called = "in the end value " + std::to_string(value.number);
  if (state != wanted)
    return world_.break_law(law::kSameEnd, called + " has state " + std::to_string(state) +
                                               " instead of " + std::to_string(wanted));
  if (wanted != LETHE_KEY_AVAILABLE) return;
  if (kms::open_text(last.session(), value.sealed) != value.text)
    world_.break_law(law::kSameEnd, called + " does not open");
}

void Schedule::check_journal(Worker& last) {
  for (const auto& [id, entries] : world_.log.fenced())
    if (entries != 1) world_.break_law(law::kSameEnd, "erasure " + id + " is FENCED twice");
  if (world_.log.fenced().size() != world_.log.fence_count())
    world_.break_law(law::kSameEnd, "there are more or fewer fences than FENCED entries");
  const auto audit = last.journal().audit();
  if (!audit) return world_.break_law(law::kSameEnd, audit.error().message());
  if (audit->fault != kms::journal::Fault::kNone || audit->entries != world_.log.journal_size())
    world_.break_law(law::kSameEnd,
                     "the journal's audit finds " + std::string(kms::journal::name(audit->fault)));
}

}  // namespace lethe::simulation
