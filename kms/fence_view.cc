// SPDX-License-Identifier: Apache-2.0
#include "kms/fence_view.h"

#include <algorithm>
#include <mutex>

namespace lethe::kms {

SubjectView FenceView::subject(const store::SubjectHash& hash) const {
  const std::shared_lock lock(mutex_);
  const SubjectView* found = subjects_.find(hash);
  return found == nullptr ? SubjectView{} : *found;
}

DekView FenceView::dek(const store::DekId& id) const {
  const std::shared_lock lock(mutex_);
  const DekView* found = dek_ids_.find(id);
  return found == nullptr ? DekView::kNothing : *found;
}

FenceView::News FenceView::apply(const store::Marks& marks) {
  const std::unique_lock lock(mutex_);
  News news;
  for (const store::FenceRow& row : marks.fences) apply(row, news);
  for (const store::ErasedRow& row : marks.erased) apply(row, news);
  for (const store::StateRow& row : marks.states) apply(row, news);
  for (const store::RemovedRow& row : marks.removed) apply(row, news);
  tampered_rows_ += news.tampered;
  return news;
}

void FenceView::apply(const store::FenceRow& row, News& news) {
  const std::optional<Fence> fence = texts_.read(row);
  // The columns only file a row: an authentic fence counts for the subject that it names, and the
  // subject under which it was misfiled cannot be trusted any more.
  if (!fence || fence->subject != row.subject || fence->version != row.version)
    tamper(row.subject, news);
  if (!fence) return;
  SubjectView& view = subjects_[fence->subject];
  if (fence->version > view.fence) {
    view.fence = fence->version;
    view.policy = fence->policy;
  }
  news.subjects.push_back(fence->subject);
  for (const store::DekId& id : fence->dek_ids) erase(id, DekView::kErased, news);
  settle(fence->subject);
}

void FenceView::apply(const store::ErasedRow& row, News& news) {
  const std::optional<Erased> erased = texts_.read(row);
  if (!erased || erased->dek_id != row.dek_id) {
    ++news.tampered;
    erase(row.dek_id, DekView::kTampered, news);
  }
  if (erased) erase(erased->dek_id, erased->lost ? DekView::kLost : DekView::kErased, news);
}

void FenceView::apply(const store::StateRow& row, News& news) {
  const std::optional<State> state = texts_.read(row);
  if (!state || state->subject != row.subject) tamper(row.subject, news);
  if (!state) return;
  states_.insert_or_assign(state->subject, *state);
  settle(state->subject);
  news.subjects.push_back(state->subject);
}

void FenceView::apply(const store::RemovedRow& row, News& news) {
  const auto subject = holder_of_ ? holder_of_(row.holder) : std::nullopt;
  if (!subject || dek_ids_[row.dek_id] != DekView::kNothing) return;
  dek_ids_[row.dek_id] = DekView::kRemoved;
  removed_.emplace(row.dek_id, *subject);
  settle(*subject);
  news.dek_ids.push_back(row.dek_id);
  news.subjects.push_back(*subject);
}

// What a state row says of waiting and reinstating is said of one fence version.
void FenceView::settle(const store::SubjectHash& subject) {
  const auto found = states_.find(subject);
  const State state = found == states_.end() ? State{} : found->second;
  SubjectView& view = subjects_[subject];
  const bool undo = state.pending && state.pending->fence == view.fence && state.pending->undo;
  const bool removed = std::any_of(removed_.begin(), removed_.end(),
                                   [&](const auto& row) { return row.second == subject; });
  view.restricted = state.restricted || undo || removed;
  view.held = state.held;
  if (state.reinstated != 0 && state.reinstated == view.fence)
    view.policy = ErasedPolicy::kRecreate;
}

std::vector<FenceView::Removed> FenceView::removed() const {
  const std::shared_lock lock(mutex_);
  std::vector<Removed> rows;
  for (const auto& [dek_id, subject] : removed_) rows.push_back({subject, dek_id});
  return rows;
}

State FenceView::state(const store::SubjectHash& hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = states_.find(hash);
  State state = found == states_.end() ? State{} : found->second;
  state.subject = hash;
  return state;
}

std::vector<State> FenceView::pending() const {
  const std::shared_lock lock(mutex_);
  std::vector<State> waiting;
  for (const auto& [subject, state] : states_) {
    const SubjectView* view = subjects_.find(subject);
    if (state.pending && state.pending->fence == (view == nullptr ? 0 : view->fence))
      waiting.push_back(state);
  }
  return waiting;
}

void FenceView::erase(const store::DekId& id, DekView why, News& news) {
  DekView& view = dek_ids_[id];
  // Damage is not undone by a good row beside it: somebody has to look.
  if (view != DekView::kTampered) view = why;
  news.dek_ids.push_back(id);
  if (const auto removed = removed_.find(id); removed != removed_.end()) {
    const store::SubjectHash subject = removed->second;
    removed_.erase(removed);
    settle(subject);
    news.subjects.push_back(subject);
  }
}

void FenceView::tamper(const store::SubjectHash& subject, News& news) {
  ++news.tampered;
  subjects_[subject].tampered = true;
  news.subjects.push_back(subject);
}

std::vector<FenceView::Entry> FenceView::subjects() const {
  const std::shared_lock lock(mutex_);
  std::vector<Entry> entries;
  entries.reserve(subjects_.size());
  subjects_.for_each([&](const store::SubjectHash& hash, const SubjectView& view) {
    if (view.fence > 0 || view.restricted || view.held || view.tampered)
      entries.push_back({hash, view});
  });
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.subject < b.subject; });
  return entries;
}

std::uint64_t FenceView::tampered_rows() const {
  const std::shared_lock lock(mutex_);
  return tampered_rows_;
}

}  // namespace lethe::kms
