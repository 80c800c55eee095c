// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/replay.h"

#include <algorithm>
#include <utility>

#include "kms/erasure/words.h"

namespace lethe::kms::backup {
namespace {

using journal::EventKind;

constexpr std::size_t kPage = 500;
constexpr int kMaxRounds = 64;

void add_ids(std::vector<store::DekId>& into, const std::vector<store::DekId>& ids) {
  into.insert(into.end(), ids.begin(), ids.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

}  // namespace

Replay::Replay(store::KeyStore& store, RowTexts texts, const std::vector<journal::Entry>& entries,
               std::uint64_t known)
    : store_(store), texts_(texts), entries_(entries), known_(known) {}

Result<std::uint64_t> Replay::run(const store::Marks* kept) {
  store::Position position;
  const store::Marks present = LETHE_TRY(store_.marks_since(position));
  for (const store::ErasedRow& row : present.erased) buried_.insert(row.dek_id);
  if (kept != nullptr) learn(*kept);
  learn(present);  // the store's own states are the later ones
  for (const store::StateRow& row : present.states)
    if (const auto state = texts_.read(row)) resting_[state->subject] = *state;
  const std::uint64_t replayed = learn(entries_);
  for (const auto& [subject, fences] : fences_) LETHE_TRY(put_fences(subject, fences));
  LETHE_TRY(put_erased());
  LETHE_TRY(put_states());
  return replayed;
}

// Rows that fail their check say nothing; what they said is in the journal.
void Replay::learn(const store::Marks& marks) {
  for (const store::FenceRow& row : marks.fences)
    if (auto fence = texts_.read(row)) fences_[fence->subject].emplace(fence->version, *fence);
  for (const store::ErasedRow& row : marks.erased)
    if (auto erased = texts_.read(row)) erased_.insert_or_assign(erased->dek_id, *erased);
  for (const store::StateRow& row : marks.states)
    if (auto state = texts_.read(row)) states_.insert_or_assign(state->subject, *state);
}

std::uint64_t Replay::learn(const std::vector<journal::Entry>& entries) {
  std::uint64_t replayed = 0;
  std::map<std::string, std::optional<ErasedPolicy>> policies;  // by erasure id
  for (const journal::Entry& entry : entries) {
    const journal::Event& event = entry.event;
    if (const auto order = erasure::to_order(entry)) policies[event.erasure_id] = order->policy;
    const auto subject = erasure::subject_of(entry);
    if (event.kind != EventKind::kFenced || !subject) continue;
    const Fence fence{*subject, event.fence_version, event.dek_ids, event.erasure_id,
                      policies[event.erasure_id]};
    replayed += fences_[*subject].emplace(event.fence_version, fence).second ? 1 : 0;
    for (const store::DekId& id : event.dek_ids)
      erased_.insert_or_assign(id, Erased{id, *subject, event.fence_version, false});
  }
  return replayed;
}

Result<void> Replay::put_fences(const store::SubjectHash& subject, const Fences& fences) {
  const std::vector<store::FenceRow> rows = LETHE_TRY(store_.fences(subject));
  const std::uint64_t current = rows.empty() ? 0 : rows.back().version;
  for (const auto& [version, fence] : fences)
    if (version > current) LETHE_TRY(put_fence(fence));
  return {};
}

// What a subject has in a store that knows nothing of the fence is from before it, or was made
// after a rollback by somebody who should not have: it dies with the rest.
Result<void> Replay::put_fence(const Fence& fence) {
  for (int round = 0; round < kMaxRounds; ++round) {
    Fence whole = fence;
    std::vector<store::ErasedRow> erased;
    const auto rows = LETHE_TRY(store_.look_up(std::span(&fence.subject, 1)));
    for (const store::EdekRow& row : rows) {
      erased.push_back(texts_.write(Erased{row.dek_id, fence.subject, fence.version, false}));
      add_ids(whole.dek_ids, {row.dek_id});
    }
    const store::Fencing fencing = LETHE_TRY(store_.append_fence(texts_.write(whole), erased));
    if (fencing == store::Fencing::kAppended) return {};
  }
  return transient("Somebody else writes to the " + std::string(store_.name()) +
                   "; stop the workers, then repeat the restore");
}

Result<void> Replay::put_erased() {
  std::vector<store::ErasedRow> page;
  for (const auto& [id, erased] : erased_) {
    if (buried_.count(id) == 0) page.push_back(texts_.write(erased));
    if (page.size() < kPage) continue;
    LETHE_TRY(store_.bury(page));
    page.clear();
  }
  return page.empty() ? Result<void>() : store_.bury(page);
}

Result<void> Replay::put_states() {
  for (const journal::Entry& entry : entries_)
    if (const auto subject = erasure::subject_of(entry); subject && entry.seq > known_)
      states_.emplace(*subject, State{*subject});
  for (const auto& [subject, state] : states_) {
    const State wanted = changed(state);
    const auto resting = resting_.find(subject);
    const State there = resting == resting_.end() ? State{subject} : resting->second;
    if (wanted != there) LETHE_TRY(store_.put_state(texts_.write(wanted)));
  }
  return {};
}

// What the entries since then have made of a state. Restrictions are not in the journal.
State Replay::changed(State state) const {
  for (const journal::Entry& entry : entries_) {
    const journal::Event& event = entry.event;
    const bool over = event.kind == EventKind::kCancelled || event.kind == EventKind::kFenced;
    if (over && state.pending && state.pending->erasure_id == event.erasure_id)
      state.pending.reset();
    if (entry.seq <= known_ || erasure::subject_of(entry) != state.subject) continue;
    if (event.kind == EventKind::kReinstated)
      state.reinstated = std::max(state.reinstated, event.fence_version);
    const json::Value* held = event.evidence.find("held");
    if (event.kind == EventKind::kHeld && held != nullptr)
      state.held = held->boolean().value_or(state.held);
  }
  return state;
}

bool Replay::is_alive(const store::EdekRow& row) const {
  const auto fences = fences_.find(row.subject);
  const std::uint64_t current = fences == fences_.end() ? 0 : fences->second.rbegin()->first;
  return row.fence_version == current && erased_.count(row.dek_id) == 0;
}

Result<void> Replay::bury_as_lost(const store::EdekRow& row) const {
  const store::ErasedRow lost =
      texts_.write(Erased{row.dek_id, row.subject, row.fence_version, true});
  return store_.bury(std::span(&lost, 1));
}

}  // namespace lethe::kms::backup
