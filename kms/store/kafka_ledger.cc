// SPDX-License-Identifier: Apache-2.0
#include "kms/store/kafka_ledger.h"

#include <algorithm>
#include <iterator>

namespace lethe::kms::store {
namespace {

bool same_place(const PackedEdeks::Columns& a, const PackedEdeks::Columns& b) {
  return a.fence_version == b.fence_version && a.purpose == b.purpose && a.suite == b.suite &&
         a.rotation == b.rotation;
}

PackedEdeks::Columns place_of(const EdekRow& row) {
  PackedEdeks::Columns place;
  place.purpose = row.purpose;
  place.suite = row.suite;
  place.fence_version = row.fence_version;
  place.rotation = row.rotation;
  return place;
}

// The rows behind `from`, which moves to the end.
template <class Row>
std::vector<Row> behind(const std::vector<Row>& rows, std::uint64_t& from) {
  std::vector<Row> news(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end());
  from = rows.size();
  return news;
}

}  // namespace

// ---- reading the log --------------------------------------------------------------------------

bool KafkaLedger::apply(const TopicEntry& entry) {
  if (!entry.value) return apply_tombstone(entry);
  if (!entry.in_log) return false;
  const KeyText key = read_key(entry.key);
  switch (key.kind) {
    case TopicRow::kEdek:
      return apply_edek(entry, key);
    case TopicRow::kFence:
      return apply_fence(entry, key);
    case TopicRow::kErased:
      return apply_erased(entry, key);
    case TopicRow::kState:
      states_.push_back({key.subject, std::string(entry.key), std::string(*entry.value)});
      return true;
    case TopicRow::kControl:
      candidates_.push_back({entry.offset, {std::string(entry.key), std::string(*entry.value)}});
      return true;
    case TopicRow::kBeacon:
      beacons_.insert_or_assign(
          key.worker, BeaconRow{key.worker, std::string(entry.key), std::string(*entry.value)});
      return false;
    case TopicRow::kJournal:
      return apply_journal(entry, key);
    case TopicRow::kForeign:
      if (!foreign_) foreign_ = entry.offset;
      return false;
  }
  return false;
}

bool KafkaLedger::apply_edek(const TopicEntry& entry, const KeyText& key) {
  EdekText text = read_edek(key, *entry.value);
  std::uint64_t born = text.origin.value_or(entry.offset);
  if (const Ref old = edeks_.find(key.dek_id); old != PackedEdeks::kNone) {
    const PackedEdeks::Columns known = edeks_.columns(old);
    born = std::min(born, known.born);
    // What it was filed under is known better than from a record that says nothing.
    if (text.damaged) {
      EdekRow row = edeks_.row(old);
      row.record = std::move(text.row.record);
      text.row = std::move(row);
    }
    edeks_.erase(old);
  }
  const Ref ref = edeks_.insert(text.row, born);
  if (const auto pending = pending_.find(key.dek_id); pending != pending_.end()) {
    // Put back, unless its tombstone lies where this row does not overwrite it.
    if (pending->second.elsewhere) {
      edeks_.set_withdrawn(ref, true);
    } else {
      pending_.erase(pending);
    }
  }
  return true;
}

bool KafkaLedger::apply_fence(const TopicEntry& entry, const KeyText& key) {
  const Fenced fenced{static_cast<std::uint32_t>(fences_.size()), entry.offset};
  if (!fences_of_[key.subject].try_emplace(key.number, fenced).second) return false;
  fences_.push_back({key.subject, key.number, std::string(entry.key), std::string(*entry.value)});
  EdekRow of_subject;
  of_subject.subject = key.subject;
  const std::string hashed = holder_of(of_subject);
  for (auto& [id, pending] : pending_) {
    const Ref ref = edeks_.find(id);
    const bool is_row_of = ref != PackedEdeks::kNone && edeks_.columns(ref).subject == key.subject;
    if (is_row_of || pending.holder == hashed) pending.fenced = true;
  }
  return true;
}

bool KafkaLedger::apply_erased(const TopicEntry& entry, const KeyText& key) {
  const auto at = static_cast<std::uint32_t>(erased_.size());
  if (!erased_at_.try_emplace(key.dek_id, at).second) return false;
  erased_.push_back({key.dek_id, std::string(entry.key), std::string(*entry.value)});
  pending_.erase(key.dek_id);
  return true;
}

bool KafkaLedger::apply_journal(const TopicEntry& entry, const KeyText& key) {
  const auto line = read_journal(*entry.value);
  if (!line || line->seq != key.number || line->seq != journal_.size() + 1 ||
      line->prev != journal_end_)
    return false;  // it lost, or it repeats one that won
  journal_.push_back({line->seq, std::string(entry.key), std::string(*entry.value)});
  journal_end_ = journal_hash(*entry.value);
  return true;
}

bool KafkaLedger::apply_tombstone(const TopicEntry& entry) {
  const KeyText key = read_key(entry.key, true);
  switch (key.kind) {
    case TopicRow::kEdek:
      return withdraw(entry, key);
    case TopicRow::kBeacon:
      if (entry.in_log) beacons_.erase(key.worker);
      return false;
    case TopicRow::kFence:
    case TopicRow::kErased:
      if (entry.in_log) wound(key);
      return false;
    default:
      return false;  // what was learned is not forgotten
  }
}

bool KafkaLedger::withdraw(const TopicEntry& entry, const KeyText& key) {
  const Ref ref = edeks_.find(key.dek_id);
  if (erased_at_.contains(key.dek_id)) {
    // Our own: the erased row lies before it.
    if (ref == PackedEdeks::kNone || !entry.in_log) return false;
    edeks_.erase(ref);
    return true;
  }
  if (ref != PackedEdeks::kNone) edeks_.set_withdrawn(ref, true);
  const bool is_new = pending_.try_emplace(key.dek_id, Pending{key.holder, !entry.in_log}).second;
  if (is_new) removed_.push_back({key.dek_id, key.holder});
  return is_new;
}

void KafkaLedger::wound(const KeyText& key) {
  if (key.kind == TopicRow::kFence) {
    if (const FenceRow* fence = find_fence(key.subject, key.number))
      wounds_.emplace_back(fence->key, fence->value);
  } else if (const ErasedRow* erased = find_erased(key.dek_id)) {
    wounds_.emplace_back(erased->key, erased->value);
  }
}

// ---- rows of EDEKs ----------------------------------------------------------------------------

bool KafkaLedger::is_dead(const PackedEdeks::Columns& row) const {
  return row.fence_version < current_fence(row.subject);
}

KafkaLedger::Ref KafkaLedger::winner_of(const SubjectHash& subject,
                                        const PackedEdeks::Columns& place) const {
  for (const Ref ref : edeks_.of(subject)) {
    const PackedEdeks::Columns row = edeks_.columns(ref);
    if (same_place(row, place) && !erased_at_.contains(row.dek_id)) return ref;
  }
  return PackedEdeks::kNone;
}

bool KafkaLedger::is_shown(Ref ref) const {
  const PackedEdeks::Columns row = edeks_.columns(ref);
  if (is_dead(row)) return true;
  return !row.withdrawn && winner_of(row.subject, row) == ref;
}

void KafkaLedger::look_up(const SubjectHash& subject, std::vector<EdekRow>& rows) const {
  for (const Ref ref : edeks_.of(subject))
    if (is_shown(ref)) rows.push_back(edeks_.row(ref));
}

void KafkaLedger::look_up(const DekId& id, std::vector<EdekRow>& rows) const {
  const Ref ref = edeks_.find(id);
  if (ref != PackedEdeks::kNone && is_shown(ref)) rows.push_back(edeks_.row(ref));
}

std::vector<EdekRow> KafkaLedger::scan(const std::optional<ScanPosition>& after,
                                       std::size_t limit) const {
  std::vector<EdekRow> rows;
  for (const Ref ref : edeks_.page(after, limit, [this](Ref r) { return is_shown(r); }))
    rows.push_back(edeks_.row(ref));
  return rows;
}

std::optional<std::string> KafkaLedger::key_of(const DekId& id) const {
  const Ref ref = edeks_.find(id);
  if (ref == PackedEdeks::kNone) return std::nullopt;
  auto key = edek_key(edeks_.row(ref));
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

bool KafkaLedger::is_withheld(const EdekRow& offered) const {
  if (pending_.empty()) return false;
  const std::string holder = holder_of(offered);
  return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) {
    return !entry.second.fenced && entry.second.holder == holder;
  });
}

std::optional<Birth> KafkaLedger::foresee(const EdekRow& offered) const {
  Birth birth;
  birth.current_fence = current_fence(offered.subject);
  if (birth.current_fence != offered.fence_version || is_withheld(offered)) {
    birth.outcome = Birth::Outcome::kFenceMoved;
    return birth;
  }
  const Ref winner = winner_of(offered.subject, place_of(offered));
  if (winner == PackedEdeks::kNone) return std::nullopt;
  birth.outcome = Birth::Outcome::kAdopted;
  birth.winner = edeks_.row(winner);
  return birth;
}

// One that a later fence killed has won before, and others may have sealed with it: that one is
// erased, not lost.
bool KafkaLedger::has_lost(Ref ref) const {
  const PackedEdeks::Columns row = edeks_.columns(ref);
  if (winner_of(row.subject, row) != ref) return true;
  const auto fences = fences_of_.find(row.subject);
  if (fences == fences_of_.end()) return false;
  const auto above = fences->second.upper_bound(row.fence_version);
  return above != fences->second.end() && above->second.offset < row.born;
}

Birth KafkaLedger::judge(const EdekRow& written) const {
  Birth birth;
  birth.current_fence = current_fence(written.subject);
  const Ref ref = edeks_.find(written.dek_id);
  const Ref winner = winner_of(written.subject, place_of(written));
  const bool is_current = birth.current_fence == written.fence_version && !is_withheld(written);
  if (!is_current || winner == PackedEdeks::kNone) {
    birth.outcome = Birth::Outcome::kFenceMoved;
  } else if (winner != ref) {
    birth.outcome = Birth::Outcome::kAdopted;
    birth.winner = edeks_.row(winner);
  }
  // Withdrawn by hand: a request to erase, which is not answered by calling the row lost.
  const bool is_there = ref != PackedEdeks::kNone && !edeks_.columns(ref).withdrawn;
  birth.left_over = birth.outcome != Birth::Outcome::kCreated && is_there && has_lost(ref);
  return birth;
}

// ---- fences, marks, beacons -------------------------------------------------------------------

std::uint64_t KafkaLedger::current_fence(const SubjectHash& subject) const {
  const auto found = fences_of_.find(subject);
  return found == fences_of_.end() ? 0 : found->second.rbegin()->first;
}

std::vector<FenceRow> KafkaLedger::fences(const SubjectHash& subject) const {
  std::vector<FenceRow> rows;
  if (const auto found = fences_of_.find(subject); found != fences_of_.end())
    for (const auto& [version, fenced] : found->second) rows.push_back(fences_[fenced.at]);
  return rows;
}

const FenceRow* KafkaLedger::find_fence(const SubjectHash& subject, std::uint64_t version,
                                        std::uint64_t* offset) const {
  const auto of_subject = fences_of_.find(subject);
  if (of_subject == fences_of_.end()) return nullptr;
  const auto found = of_subject->second.find(version);
  if (found == of_subject->second.end()) return nullptr;
  if (offset != nullptr) *offset = found->second.offset;
  return &fences_[found->second.at];
}

const ErasedRow* KafkaLedger::find_erased(const DekId& id) const {
  const auto found = erased_at_.find(id);
  return found == erased_at_.end() ? nullptr : &erased_[found->second];
}

bool KafkaLedger::are_all_rows_of(const SubjectHash& subject,
                                  std::span<const ErasedRow> named) const {
  const auto is_named = [&](const DekId& id) {
    return std::any_of(named.begin(), named.end(),
                       [&](const ErasedRow& row) { return row.dek_id == id; });
  };
  std::size_t expected = 0;
  std::size_t optional = 0;
  for (const Ref ref : edeks_.of(subject)) {
    const PackedEdeks::Columns row = edeks_.columns(ref);
    const bool named_here = is_named(row.dek_id);
    if (is_shown(ref)) {
      if (!named_here) return false;
      ++expected;
    } else if (row.withdrawn && named_here) {
      ++optional;
    }
  }
  // A withdrawn row that compaction has taken is known by its tombstone alone.
  for (const ErasedRow& row : named)
    if (edeks_.find(row.dek_id) == PackedEdeks::kNone && pending_.contains(row.dek_id)) ++optional;
  return named.size() == expected + optional;
}

Marks KafkaLedger::marks_since(Position& position) const {
  Marks marks;
  marks.fences = behind(fences_, position.fences);
  marks.erased = behind(erased_, position.erased);
  marks.states = behind(states_, position.states);
  marks.removed = behind(removed_, position.removed);
  // Erased since, or put back: no request any more.
  std::erase_if(marks.removed,
                [this](const RemovedRow& row) { return !pending_.contains(row.dek_id); });
  return marks;
}

std::vector<BeaconRow> KafkaLedger::beacons() const {
  std::vector<BeaconRow> rows;
  for (const auto& [worker, beacon] : beacons_) rows.push_back(beacon);
  return rows;
}

const BeaconRow* KafkaLedger::find_beacon(std::string_view worker) const {
  const auto found = beacons_.find(worker);
  return found == beacons_.end() ? nullptr : &found->second;
}

std::vector<std::pair<std::string, std::string>> KafkaLedger::missing(
    const KafkaLedger& before) const {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const FenceRow& row : before.fences_)
    if (find_fence(row.subject, row.version) == nullptr) rows.emplace_back(row.key, row.value);
  for (const ErasedRow& row : before.erased_)
    if (find_erased(row.dek_id) == nullptr) rows.emplace_back(row.key, row.value);
  return rows;
}

std::vector<std::pair<std::string, std::string>> KafkaLedger::take_wounds() {
  return std::exchange(wounds_, {});
}

}  // namespace lethe::kms::store
