// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/sim_store.h"

#include <algorithm>
#include <tuple>

namespace lethe::simulation {

using namespace kms::store;

namespace {

// Chances in per cent.
constexpr unsigned kLostRequest = 3;
constexpr unsigned kLostAnswer = 4;
constexpr unsigned kStaysLost = 40;  // and the network with it
constexpr unsigned kKilled = 1;
constexpr unsigned kUpToDate = 70;
constexpr unsigned kSlow = 10;
constexpr unsigned kOvertaken = 8;
constexpr unsigned kRaced = 40;  // where being overtaken matters most
constexpr std::chrono::milliseconds kSlowest{3000};
constexpr int kDeepest = 2;  // actions within calls within actions

}  // namespace

// ---- faults -----------------------------------------------------------------------------------

void SimStore::let_others_act(unsigned overtaken) {
  if (world_.healed || world_.depth >= kDeepest) return;
  if (world_.dice.percent(kSlow)) world_.pass(world_.dice.up_to(kSlowest));
  if (world_.dice.percent(overtaken)) world_.somebody_acts();
}

void SimStore::catch_up() {
  if (link_.network != Network::kFine) return;
  const Place end = world_.log.end();
  const bool all = world_.healed || world_.dice.percent(kUpToDate);
  link_.place = all ? end : link_.place + world_.dice.below(end - link_.place + 1);
}

Result<void> SimStore::lose(std::string_view what) {
  world_.tell("(" + std::string(what) + ")");
  return transient("The simulated store did not answer");
}

Result<void> SimStore::reach() {
  let_others_act(kOvertaken);
  if (link_.dying || link_.network == Network::kAway)
    return transient("The simulated store is away");
  if (!world_.healed && link_.network == Network::kFine && world_.dice.percent(kLostRequest))
    return lose("a read gets lost");
  catch_up();
  return {};
}

Result<void> SimStore::reach_to_write() {
  let_others_act(kOvertaken);
  if (link_.dying || link_.network != Network::kFine)
    return transient("The simulated store is away");
  if (world_.healed) return {};
  if (world_.dice.percent(kLostRequest)) return lose("a write gets lost");
  link_.dying = world_.dice.percent(kKilled);
  return link_.dying ? lose("killed before a write") : Result<void>();
}

// What lies before the write and the write itself have been read once it is acknowledged; not what
// came later.
Result<void> SimStore::read_back(unsigned overtaken) {
  const Place written = world_.log.end();
  if (!world_.healed) {
    let_others_act(overtaken);
    if (world_.dice.percent(kLostAnswer)) {
      if (world_.dice.percent(kStaysLost)) link_.network = Network::kCutOff;
      return lose("the answer to a write gets lost");
    }
    link_.dying = world_.dice.percent(kKilled);
    if (link_.dying) return lose("killed after a write");
  }
  link_.place = std::max(link_.place, written);
  return {};
}

// ---- control ----------------------------------------------------------------------------------

Result<std::vector<ControlRow>> SimStore::control() {
  LETHE_TRY(reach());
  return world_.log.control(link_.place);
}

Result<std::vector<ControlRow>> SimStore::adopt_control(std::span<const ControlRow> proposal) {
  LETHE_TRY(reach_to_write());
  if (world_.log.control(kNever).empty())
    for (const ControlRow& row : proposal) world_.log.put(row);
  LETHE_TRY(read_back(kOvertaken));
  return world_.log.control(link_.place);
}

Result<std::vector<ControlRow>> SimStore::add_control(const ControlRow& row) {
  LETHE_TRY(reach_to_write());
  const auto rows = world_.log.control(kNever);
  const bool there = std::any_of(rows.begin(), rows.end(),
                                 [&](const ControlRow& resting) { return resting.key == row.key; });
  if (!there && !rows.empty()) world_.log.put(row);
  LETHE_TRY(read_back(kOvertaken));
  return world_.log.control(link_.place);
}

// ---- keys -------------------------------------------------------------------------------------

Result<std::vector<EdekRow>> SimStore::look_up(std::span<const SubjectHash> subjects) {
  LETHE_TRY(reach());
  std::vector<EdekRow> rows;
  for (const SubjectHash& subject : subjects)
    for (EdekRow& row : world_.log.rows_of(subject, link_.place)) rows.push_back(std::move(row));
  return rows;
}

Result<std::vector<EdekRow>> SimStore::look_up_by_id(std::span<const DekId> ids) {
  LETHE_TRY(reach());
  std::vector<EdekRow> rows;
  for (const DekId& id : ids)
    if (auto row = world_.log.row(id, link_.place)) rows.push_back(std::move(*row));
  return rows;
}

Result<std::vector<EdekRow>> SimStore::scan(const std::optional<ScanPosition>& after,
                                            std::size_t limit) {
  LETHE_TRY(reach());
  std::vector<EdekRow> rows = world_.log.all_rows(link_.place);
  if (after)
    std::erase_if(rows, [&](const EdekRow& row) {
      return std::tie(row.subject, row.dek_id) <= std::tie(after->subject, after->dek_id);
    });
  rows.resize(std::min(rows.size(), limit));
  return rows;
}

// What became of a row, as a reader at `at` sees it. The row itself may be there, or not.
Birth SimStore::judge(const EdekRow& row, Place at) const {
  Birth birth;
  birth.current_fence = world_.log.current_fence(row.subject, at);
  if (birth.current_fence != row.fence_version) {
    birth.outcome = Birth::Outcome::kFenceMoved;
  } else if (auto winner = world_.log.winner(row, at); winner && winner->dek_id != row.dek_id) {
    birth.outcome = Birth::Outcome::kAdopted;
    birth.winner = std::move(*winner);
  }
  return birth;
}

Birth SimStore::create(const EdekRow& row) {
  const bool everybody_wins = world_.left_out == LeftOut::kUniqueBirth;
  // A database decides at its primary and then writes; in a log, what is written decides.
  const Place decided_at = world_.transactional ? world_.log.end() : link_.place;
  Birth birth = judge(row, decided_at);
  const bool refused = birth.outcome == Birth::Outcome::kFenceMoved ||
                       (birth.outcome == Birth::Outcome::kAdopted && !everybody_wins);
  if (refused) return birth;
  if (everybody_wins) birth.outcome = Birth::Outcome::kCreated;
  world_.log.put(row);
  if (world_.transactional || everybody_wins) return birth;
  birth = judge(row, world_.log.end());
  birth.left_over = birth.outcome != Birth::Outcome::kCreated;
  return birth;
}

Result<std::vector<Birth>> SimStore::create_all(std::span<const EdekRow> rows) {
  let_others_act(kRaced);
  LETHE_TRY(reach_to_write());
  std::vector<Birth> births;
  for (const EdekRow& row : rows) births.push_back(create(row));
  LETHE_TRY(read_back(kOvertaken));
  return births;
}

// ---- erasure ----------------------------------------------------------------------------------

bool SimStore::fits(const FenceRow& fence, std::span<const ErasedRow> erased, Place at) const {
  if (world_.log.current_fence(fence.subject, at) + 1 != fence.version) return false;
  if (world_.left_out == LeftOut::kErasedRows) return true;
  const auto rows = world_.log.rows_of(fence.subject, at);
  return rows.size() == erased.size() &&
         std::all_of(rows.begin(), rows.end(), [&](const EdekRow& row) {
           return std::any_of(erased.begin(), erased.end(),
                              [&](const ErasedRow& named) { return named.dek_id == row.dek_id; });
         });
}

Result<Fencing> SimStore::append_fence(const FenceRow& fence, std::span<const ErasedRow> erased) {
  let_others_act(kRaced);
  LETHE_TRY(reach_to_write());
  const Place end = world_.log.end();
  if (!fits(fence, erased, world_.transactional ? end : link_.place)) {
    LETHE_TRY(read_back(kOvertaken));
    return Fencing::kMoved;
  }
  // In a log the first fence of a version counts, whoever wrote it; rows may lie before it that its
  // writer has not seen.
  if (world_.log.current_fence(fence.subject, end) + 1 != fence.version) {
    LETHE_TRY(read_back(kOvertaken));
    return Fencing::kMoved;
  }
  const std::vector<EdekRow> living = world_.log.rows_of(fence.subject, end);
  world_.log.put(fence, world_.now);
  world_.tell("(a fence of version " + std::to_string(fence.version) + " is durable)");
  if (world_.left_out == LeftOut::kErasedRows)
    for (const EdekRow& row : living) world_.log.remove(row.dek_id);
  if (!world_.transactional) {
    LETHE_TRY(read_back(kOvertaken));
    LETHE_TRY(reach_to_write());
  }
  LETHE_TRY(put_erased_and_remove(erased));
  return Fencing::kAppended;
}

Result<void> SimStore::bury(std::span<const ErasedRow> erased) {
  LETHE_TRY(reach_to_write());
  return put_erased_and_remove(erased);
}

Result<void> SimStore::put_erased_and_remove(std::span<const ErasedRow> erased) {
  for (const ErasedRow& row : erased) world_.log.put(row);
  if (!world_.transactional) {
    LETHE_TRY(read_back(kOvertaken));
    LETHE_TRY(reach_to_write());
  }
  for (const ErasedRow& row : erased) world_.log.remove(row.dek_id);
  return read_back(kOvertaken);
}

Result<std::vector<FenceRow>> SimStore::fences(const SubjectHash& subject) {
  LETHE_TRY(reach());
  return world_.log.fences(subject, link_.place);
}

Result<void> SimStore::put_state(const StateRow& state) {
  LETHE_TRY(reach_to_write());
  world_.log.put(state);
  return read_back(kOvertaken);
}

// ---- news -------------------------------------------------------------------------------------

Result<std::uint64_t> SimStore::version() {
  catch_up();
  return link_.place;
}

Result<void> SimStore::watch(std::chrono::milliseconds) {
  return reach();
}

Result<Marks> SimStore::marks_since(Position& position) {
  LETHE_TRY(reach());
  return world_.log.marks_since(position, link_.place);
}

// ---- beacons and journal ----------------------------------------------------------------------

Result<void> SimStore::beat(const BeaconRow& beacon, std::string_view previous) {
  if (world_.left_out == LeftOut::kBeaconReadBack) {
    LETHE_TRY(reach());
    return {};
  }
  LETHE_TRY(reach_to_write());
  if (world_.transactional) {
    std::string_view there;
    const std::vector<BeaconRow> all = world_.log.beacons(kNever);
    for (const BeaconRow& row : all)
      if (row.worker == beacon.worker) there = row.value;
    if (there != previous) return bad_config("The simulated store holds another beacon");
  }
  world_.log.put(beacon);
  return read_back(kRaced);
}

Result<std::vector<BeaconRow>> SimStore::beacons() {
  LETHE_TRY(reach());
  return world_.log.beacons(link_.place);
}

Result<void> SimStore::drop_beacon(std::string_view worker) {
  LETHE_TRY(reach_to_write());
  world_.log.drop_beacon(worker);
  return read_back(kOvertaken);
}

Result<bool> SimStore::append_journal(const JournalRow& entry) {
  LETHE_TRY(reach_to_write());
  const bool next = world_.log.journal_size() + 1 == entry.seq;
  if (next) world_.log.put(entry);
  LETHE_TRY(read_back(kOvertaken));
  return next;
}

Result<std::vector<JournalRow>> SimStore::journal(std::uint64_t after, std::size_t limit) {
  LETHE_TRY(reach());
  return world_.log.journal(after, limit, link_.place);
}

}  // namespace lethe::simulation
