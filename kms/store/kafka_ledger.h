// SPDX-License-Identifier: Apache-2.0
//
// What the rows of a key topic add up to, read in the order of the log: which row won each birth,
// which fence counts, what is dead and what was withdrawn by hand. The same rows give the same
// answers to every reader, and compaction changes none of them. Of a fence or erased row the first
// one counts; of a state or beacon the last; of journal entries the first with the right number and
// predecessor. One thread at a time, or many readers.

#ifndef LETHE_KMS_STORE_KAFKA_LEDGER_H_
#define LETHE_KMS_STORE_KAFKA_LEDGER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kms/store/kafka_texts.h"
#include "kms/store/key_store.h"
#include "kms/store/packed_edeks.h"

namespace lethe::kms::store {

struct TopicEntry {
  bool in_log = true;  // partition 0; elsewhere only tombstones by hand count
  std::uint64_t offset = 0;
  std::string_view key;
  std::optional<std::string_view> value;
};

class KafkaLedger {
 public:
  // True: something that a task has to know before its next batch. Beacons are not.
  bool apply(const TopicEntry& entry);

  // Of the subject: rows that count, and dead ones that are still to be buried, in order of birth.
  // Not: those that lost their birth, and those that were withdrawn by hand. Once a fence is above
  // them, these are here, too.
  void look_up(const SubjectHash& subject, std::vector<EdekRow>& rows) const;
  void look_up(const DekId& id, std::vector<EdekRow>& rows) const;
  std::vector<EdekRow> scan(const std::optional<ScanPosition>& after, std::size_t limit) const;
  bool has(const DekId& id) const { return edeks_.find(id) != PackedEdeks::kNone; }
  // The key text under which the row of this id lies in the topic; nothing: no row.
  std::optional<std::string> key_of(const DekId& id) const;

  // What create_all answers if the row is offered now, if anything but "write it".
  std::optional<Birth> foresee(const EdekRow& offered) const;
  // What became of a row that was written.
  Birth judge(const EdekRow& written) const;

  std::uint64_t current_fence(const SubjectHash& subject) const;
  std::vector<FenceRow> fences(const SubjectHash& subject) const;
  // The fence that counts, and where it lies.
  const FenceRow* find_fence(const SubjectHash& subject, std::uint64_t version,
                             std::uint64_t* offset = nullptr) const;
  const ErasedRow* find_erased(const DekId& id) const;
  // Whether these are all rows of the subject; those withdrawn may be left out.
  bool are_all_rows_of(const SubjectHash& subject, std::span<const ErasedRow> named) const;

  Marks marks_since(Position& position) const;
  std::vector<BeaconRow> beacons() const;
  const BeaconRow* find_beacon(std::string_view worker) const;
  const std::vector<JournalRow>& journal() const noexcept { return journal_; }
  const std::string& journal_end() const noexcept { return journal_end_; }

  // Rows of control, in order; whether their transaction was committed is decided elsewhere.
  struct Candidate {
    std::uint64_t offset = 0;
    ControlRow row;
    enum class Decision : std::uint8_t { kOpen, kCommitted, kAborted } decision = Decision::kOpen;
  };
  std::vector<Candidate>& candidates() noexcept { return candidates_; }
  const std::vector<Candidate>& candidates() const noexcept { return candidates_; }

  // Offset of a row that is none of ours, if there is one.
  std::optional<std::uint64_t> foreign() const noexcept { return foreign_; }
  std::size_t keys() const noexcept { return edeks_.size(); }
  // Fence and erased rows of `before` that this ledger has not, or as tombstones: key and value.
  std::vector<std::pair<std::string, std::string>> missing(const KafkaLedger& before) const;
  // Fence and erased rows that somebody has tombstoned since the last call.
  std::vector<std::pair<std::string, std::string>> take_wounds();

 private:
  using Ref = PackedEdeks::Ref;
  struct Fenced {
    std::uint32_t at = 0;  // in fences_
    std::uint64_t offset = 0;
  };
  struct Pending {
    std::string holder;
    bool elsewhere = false;  // the tombstone lies in another partition
    bool fenced = false;     // a fence was raised since
  };

  bool apply_edek(const TopicEntry& entry, const KeyText& key);
  bool apply_fence(const TopicEntry& entry, const KeyText& key);
  bool apply_erased(const TopicEntry& entry, const KeyText& key);
  bool apply_journal(const TopicEntry& entry, const KeyText& key);
  bool apply_tombstone(const TopicEntry& entry);
  bool withdraw(const TopicEntry& entry, const KeyText& key);
  void wound(const KeyText& key);

  bool is_dead(const PackedEdeks::Columns& row) const;
  bool has_lost(Ref ref) const;
  bool is_shown(Ref ref) const;
  Ref winner_of(const SubjectHash& subject, const PackedEdeks::Columns& place) const;
  bool is_withheld(const EdekRow& offered) const;

  PackedEdeks edeks_;
  std::vector<FenceRow> fences_;  // in the order of the log, as the three below
  std::vector<ErasedRow> erased_;
  std::vector<StateRow> states_;
  std::vector<RemovedRow> removed_;
  struct HashOf {
    template <class T>
    std::size_t operator()(const T& id) const noexcept {
      return hash_of(id);
    }
  };
  std::unordered_map<SubjectHash, std::map<std::uint64_t, Fenced>, HashOf> fences_of_;
  std::unordered_map<DekId, std::uint32_t, HashOf> erased_at_;
  std::unordered_map<DekId, Pending, HashOf> pending_;  // withdrawn, and not yet erased
  std::map<std::string, BeaconRow, std::less<>> beacons_;
  std::vector<JournalRow> journal_;
  std::string journal_end_ = no_journal_hash();
  std::vector<Candidate> candidates_;
  std::vector<std::pair<std::string, std::string>> wounds_;
  std::optional<std::uint64_t> foreign_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_LEDGER_H_
