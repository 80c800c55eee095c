// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/sim_log.h"

#include <algorithm>
#include <tuple>

#include "kms/erasure/words.h"
#include "kms/journal/entry.h"

namespace lethe::simulation {

using namespace kms::store;
using kms::journal::EventKind;

namespace {

auto birthplace(const EdekRow& row) {
  return std::tie(row.subject, row.fence_version, row.purpose, row.suite, row.rotation);
}

}  // namespace

std::vector<ControlRow> SimLog::control(Place at) const {
  std::vector<ControlRow> rows;
  for (const auto& [place, row] : control_)
    if (place < at) rows.push_back(row);
  return rows;
}

// Rows that count, and dead ones that are still to be buried; not what lost its birth.
bool SimLog::is_shown(const Edek& edek, Place at) const {
  if (!edek.visible(at)) return false;
  if (edek.row.fence_version < current_fence(edek.row.subject, at)) return true;
  const auto won = winner(edek.row, at);
  return won && won->dek_id == edek.row.dek_id;
}

std::optional<EdekRow> SimLog::winner(const EdekRow& offered, Place at) const {
  for (const Edek& edek : edeks_)
    if (edek.visible(at) && birthplace(edek.row) == birthplace(offered)) return edek.row;
  return std::nullopt;
}

std::vector<EdekRow> SimLog::rows_of(const SubjectHash& subject, Place at) const {
  std::vector<EdekRow> rows;
  for (const Edek& edek : edeks_)
    if (edek.row.subject == subject && is_shown(edek, at)) rows.push_back(edek.row);
  return rows;
}

std::optional<EdekRow> SimLog::row(const DekId& id, Place at) const {
  for (const Edek& edek : edeks_)
    if (edek.row.dek_id == id && is_shown(edek, at)) return edek.row;
  return std::nullopt;
}

std::vector<EdekRow> SimLog::all_rows(Place at) const {
  std::vector<EdekRow> rows;
  for (const Edek& edek : edeks_)
    if (is_shown(edek, at)) rows.push_back(edek.row);
  std::sort(rows.begin(), rows.end(), [](const EdekRow& a, const EdekRow& b) {
    return std::tie(a.subject, a.dek_id) < std::tie(b.subject, b.dek_id);
  });
  return rows;
}

std::uint64_t SimLog::current_fence(const SubjectHash& subject, Place at) const {
  std::uint64_t version = 0;
  for (const auto& [place, row] : fences_)
    if (place < at && row.subject == subject) version = std::max(version, row.version);
  return version;
}

std::vector<FenceRow> SimLog::fences(const SubjectHash& subject, Place at) const {
  std::vector<FenceRow> rows;
  for (const auto& [place, row] : fences_)
    if (place < at && row.subject == subject) rows.push_back(row);
  return rows;
}

template <class Row>
void SimLog::behind(const std::vector<At<Row>>& rows, std::uint64_t& from, Place at,
                    std::vector<Row>& out) {
  for (; from < rows.size() && rows[from].place < at; ++from) out.push_back(rows[from].row);
}

Marks SimLog::marks_since(Position& position, Place at) const {
  Marks marks;
  behind(fences_, position.fences, at, marks.fences);
  behind(erased_, position.erased, at, marks.erased);
  behind(states_, position.states, at, marks.states);
  return marks;
}

std::vector<BeaconRow> SimLog::beacons(Place at) const {
  std::map<std::string, const BeaconRow*> latest;
  for (const auto& [place, row] : beacons_)
    if (place < at) latest[row.worker] = &row;
  std::vector<BeaconRow> rows;
  for (const auto& [worker, row] : latest)
    if (!row->value.empty()) rows.push_back(*row);
  return rows;
}

std::vector<JournalRow> SimLog::journal(std::uint64_t after, std::size_t limit, Place at) const {
  std::vector<JournalRow> rows;
  for (std::size_t i = after; i < journal_.size() && rows.size() < limit; ++i)
    if (journal_[i].place < at) rows.push_back(journal_[i].row);
  return rows;
}

void SimLog::put(const FenceRow& row, SimTime now) {
  fences_.push_back({end_++, row});
  fence_times_.emplace(Fence{row.subject, row.version}, now);
}

void SimLog::put(const JournalRow& row) {
  journal_.push_back({end_++, row});
  kms::journal::Entry entry;
  if (read_line(row.value, entry) != kms::journal::Fault::kNone) return;
  const kms::journal::Event& event = entry.event;
  if (event.kind == EventKind::kRequested) {
    ++requested_[event.erasure_id];
    open_.insert(event.erasure_id);
  }
  if (event.kind == EventKind::kCancelled || event.kind == EventKind::kEdeksRemoved)
    open_.erase(event.erasure_id);
  if (event.kind == EventKind::kFenced) {
    ++fenced_[event.erasure_id];
    if (const auto subject = kms::erasure::subject_of(entry))
      fence_of_[event.erasure_id] = {*subject, event.fence_version};
  }
  if (event.kind == EventKind::kEffective) {
    const auto& [subject, version] = fence_of_[event.erasure_id];
    effective_[subject] = std::max(effective_[subject], version);
  }
}

void SimLog::put(const ErasedRow& row) {
  for (const auto& there : erased_)
    if (there.row.dek_id == row.dek_id) return;
  erased_.push_back({end_++, row});
}

void SimLog::remove(const DekId& id) {
  for (Edek& edek : edeks_)
    if (edek.row.dek_id == id && edek.gone == kNever) edek.gone = end_++;
}

void SimLog::drop_beacon(std::string_view worker) {
  beacons_.push_back({end_++, {std::string(worker), {}, {}}});
}

const EdekRow* SimLog::ever_born(const DekId& id) const {
  for (const Edek& edek : edeks_)
    if (edek.row.dek_id == id) return &edek.row;
  return nullptr;
}

std::optional<SimTime> SimLog::fenced_above(const SubjectHash& subject,
                                            std::uint64_t version) const {
  const auto found = fence_times_.lower_bound({subject, version + 1});
  if (found == fence_times_.end() || found->first.first != subject) return std::nullopt;
  return found->second;
}

std::uint64_t SimLog::effective(const SubjectHash& subject) const {
  const auto found = effective_.find(subject);
  return found == effective_.end() ? 0 : found->second;
}

}  // namespace lethe::simulation
