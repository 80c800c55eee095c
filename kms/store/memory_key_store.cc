// SPDX-License-Identifier: Apache-2.0
#include "kms/store/memory_key_store.h"

#include <algorithm>
#include <iterator>

namespace lethe::kms::store {
namespace {

// The rows behind `from`, which moves to the end.
template <class Row>
std::vector<Row> behind(const std::vector<Row>& rows, std::uint64_t& from) {
  std::vector<Row> news(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end());
  from = rows.size();
  return news;
}

}  // namespace

Result<std::vector<ControlRow>> MemoryKeyStore::control() {
  const std::lock_guard lock(mutex_);
  return control_;
}

Result<std::vector<ControlRow>> MemoryKeyStore::adopt_control(
    std::span<const ControlRow> proposal) {
  const std::lock_guard lock(mutex_);
  if (control_.empty()) {
    control_.assign(proposal.begin(), proposal.end());
    changed();
  }
  return control_;
}

Result<std::vector<ControlRow>> MemoryKeyStore::add_control(const ControlRow& row) {
  const std::lock_guard lock(mutex_);
  const bool there = std::any_of(control_.begin(), control_.end(),
                                 [&](const ControlRow& resting) { return resting.key == row.key; });
  if (!there && !control_.empty()) {
    control_.push_back(row);
    changed();
  }
  return control_;
}

std::uint64_t MemoryKeyStore::current_fence(const SubjectHash& subject) const {
  const auto found = current_fences_.find(subject);
  return found == current_fences_.end() ? 0 : found->second;
}

std::vector<const EdekRow*> MemoryKeyStore::rows_of(const SubjectHash& subject) const {
  std::vector<const Resting*> found;
  for (auto at = edeks_.lower_bound({subject, DekId{}});
       at != edeks_.end() && std::get<0>(at->first) == subject; ++at)
    found.push_back(&at->second);
  std::sort(found.begin(), found.end(),
            [](const Resting* a, const Resting* b) { return a->born < b->born; });
  std::vector<const EdekRow*> rows;
  for (const Resting* resting : found) rows.push_back(&resting->row);
  return rows;
}

Result<std::vector<EdekRow>> MemoryKeyStore::look_up(std::span<const SubjectHash> subjects) {
  const std::lock_guard lock(mutex_);
  std::vector<EdekRow> rows;
  for (const SubjectHash& subject : subjects)
    for (const EdekRow* row : rows_of(subject)) rows.push_back(*row);
  return rows;
}

Result<std::vector<EdekRow>> MemoryKeyStore::look_up_by_id(std::span<const DekId> ids) {
  const std::lock_guard lock(mutex_);
  std::vector<EdekRow> rows;
  for (const DekId& id : ids)
    if (const auto found = subjects_.find(id); found != subjects_.end())
      rows.push_back(edeks_.at({found->second, id}).row);
  return rows;
}

Result<std::vector<Birth>> MemoryKeyStore::create_all(std::span<const EdekRow> rows) {
  const std::lock_guard lock(mutex_);
  // Nothing of a batch stays if one of its rows is impossible.
  for (const EdekRow& row : rows)
    if (const auto found = subjects_.find(row.dek_id);
        found != subjects_.end() && found->second != row.subject)
      return internal("A data key was offered to the memory store under two subjects");
  std::vector<Birth> births;
  births.reserve(rows.size());
  for (const EdekRow& row : rows) births.push_back(create(row));
  return births;
}

Birth MemoryKeyStore::create(const EdekRow& row) {
  Birth birth;
  birth.current_fence = current_fence(row.subject);
  if (birth.current_fence != row.fence_version) {
    birth.outcome = Birth::Outcome::kFenceMoved;
    return birth;
  }
  for (const EdekRow* resting : rows_of(row.subject)) {
    if (resting->fence_version == row.fence_version && resting->purpose == row.purpose &&
        resting->suite == row.suite && resting->rotation == row.rotation) {
      birth.outcome = Birth::Outcome::kAdopted;
      birth.winner = *resting;
      return birth;
    }
  }
  edeks_.insert({Place{row.subject, row.dek_id}, Resting{row, ++births_}});
  subjects_[row.dek_id] = row.subject;
  changed();
  return birth;
}

Result<Fencing> MemoryKeyStore::append_fence(const FenceRow& fence,
                                             std::span<const ErasedRow> erased) {
  const std::lock_guard lock(mutex_);
  if (current_fence(fence.subject) + 1 != fence.version) return Fencing::kMoved;
  const auto rows = rows_of(fence.subject);
  const auto is_named = [&](const EdekRow* row) {
    return std::any_of(erased.begin(), erased.end(),
                       [&](const ErasedRow& named) { return named.dek_id == row->dek_id; });
  };
  if (rows.size() != erased.size() || !std::all_of(rows.begin(), rows.end(), is_named))
    return Fencing::kMoved;
  fences_.push_back(fence);
  current_fences_[fence.subject] = fence.version;
  put_erased_and_remove(erased);
  return Fencing::kAppended;
}

Result<void> MemoryKeyStore::bury(std::span<const ErasedRow> erased) {
  const std::lock_guard lock(mutex_);
  put_erased_and_remove(erased);
  return {};
}

void MemoryKeyStore::put_erased_and_remove(std::span<const ErasedRow> erased) {
  for (const ErasedRow& row : erased) {
    if (erased_ids_.insert(row.dek_id).second) erased_.push_back(row);
    if (const auto found = subjects_.find(row.dek_id); found != subjects_.end()) {
      edeks_.erase({found->second, row.dek_id});
      subjects_.erase(found);
    }
  }
  changed();
}

Result<std::vector<FenceRow>> MemoryKeyStore::fences(const SubjectHash& subject) {
  const std::lock_guard lock(mutex_);
  std::vector<FenceRow> rows;
  std::copy_if(fences_.begin(), fences_.end(), std::back_inserter(rows),
               [&](const FenceRow& row) { return row.subject == subject; });
  return rows;
}

Result<void> MemoryKeyStore::put_state(const StateRow& state) {
  const std::lock_guard lock(mutex_);
  states_.push_back(state);
  changed();
  return {};
}

Result<std::uint64_t> MemoryKeyStore::version() {
  const std::lock_guard lock(mutex_);
  return version_;
}

void MemoryKeyStore::changed() {
  ++version_;
  written_.notify_all();
}

Result<void> MemoryKeyStore::watch(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  written_.wait_for(lock, at_most, [this] { return version_ != watched_; });
  watched_ = version_;
  return {};
}

Result<Marks> MemoryKeyStore::marks_since(Position& position) {
  const std::lock_guard lock(mutex_);
  Marks marks;
  marks.fences = behind(fences_, position.fences);
  marks.erased = behind(erased_, position.erased);
  marks.states = behind(states_, position.states);
  return marks;
}

Result<void> MemoryKeyStore::beat(const BeaconRow& beacon, std::string_view previous) {
  const std::lock_guard lock(mutex_);
  const auto found = beacons_.find(beacon.worker);
  if (previous != (found == beacons_.end() ? std::string_view() : found->second.value))
    return bad_config("The memory store holds another beacon of this worker than its last one");
  beacons_.insert_or_assign(beacon.worker, beacon);
  return {};
}

Result<std::vector<BeaconRow>> MemoryKeyStore::beacons() {
  const std::lock_guard lock(mutex_);
  std::vector<BeaconRow> rows;
  for (const auto& [worker, beacon] : beacons_) rows.push_back(beacon);
  return rows;
}

Result<void> MemoryKeyStore::drop_beacon(std::string_view worker) {
  const std::lock_guard lock(mutex_);
  if (const auto found = beacons_.find(worker); found != beacons_.end()) beacons_.erase(found);
  return {};
}

Result<bool> MemoryKeyStore::append_journal(const JournalRow& entry) {
  const std::lock_guard lock(mutex_);
  if (entry.seq != journal_.size() + 1) return false;
  journal_.push_back(entry);
  changed();
  return true;
}

Result<std::vector<JournalRow>> MemoryKeyStore::journal(std::uint64_t after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<JournalRow> rows;
  for (std::size_t at = after; at < journal_.size() && rows.size() < limit; ++at)
    rows.push_back(journal_[at]);
  return rows;
}

Result<std::vector<EdekRow>> MemoryKeyStore::scan(const std::optional<ScanPosition>& after,
                                                  std::size_t limit) {
  const std::lock_guard lock(mutex_);
  auto at = after ? edeks_.upper_bound({after->subject, after->dek_id}) : edeks_.begin();
  std::vector<EdekRow> rows;
  for (; at != edeks_.end() && rows.size() < limit; ++at) rows.push_back(at->second.row);
  return rows;
}

}  // namespace lethe::kms::store
