// SPDX-License-Identifier: Apache-2.0
//
// What this process knows of fences, erased rows and states: all of them, loaded at start and kept
// up with the store. Every row is checked here, against its MAC and against the columns that it was
// filed under. A row that does not fit marks its subject or DEK id as tampered and counts as an
// alarm; it never means erasure. Nothing that was learned is forgotten. Thread-safe: many readers,
// one writer at a time.

#ifndef LETHE_KMS_FENCE_VIEW_H_
#define LETHE_KMS_FENCE_VIEW_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "kms/id_table.h"
#include "kms/row_texts.h"
#include "kms/store/rows.h"

namespace lethe::kms {

struct SubjectView {
  std::uint64_t fence = 0;             // the current version; 0: never erased
  std::optional<ErasedPolicy> policy;  // of the current fence; kRecreate once it was reinstated
  bool restricted = false;             // nobody reads: by itself, or in an undo window
  bool held = false;                   // no erasure begins
  bool tampered = false;
};

// kRemoved: its row was removed by hand, which is a request to erase; until that is fenced, the key
// is blocked.
enum class DekView : std::uint8_t { kNothing, kErased, kLost, kTampered, kRemoved };

class FenceView {
 public:
  // Whose a removed row was, by the text that its store has for the holder; nothing: nobody's.
  using HolderOf = std::function<std::optional<store::SubjectHash>(std::string_view holder)>;

  // texts is borrowed and outlives the view.
  explicit FenceView(const RowTexts& texts, HolderOf holder_of = {})
      : texts_(texts), holder_of_(std::move(holder_of)) {}

  SubjectView subject(const store::SubjectHash& hash) const;
  DekView dek(const store::DekId& id) const;

  // What was learned from rows, so that caches can drop it.
  struct News {
    std::vector<store::SubjectHash> subjects;
    std::vector<store::DekId> dek_ids;
    std::uint64_t tampered = 0;  // rows
  };
  News apply(const store::Marks& marks);

  struct Entry {
    store::SubjectHash subject;
    SubjectView view;
  };
  // What the latest authentic state row of a subject says.
  State state(const store::SubjectHash& hash) const;
  // The subjects with an erasure that waits, in no order.
  std::vector<State> pending() const;

  // Rows removed by hand that no fence names yet.
  struct Removed {
    store::SubjectHash subject;
    store::DekId dek_id;
  };
  std::vector<Removed> removed() const;

  // All subjects with a fence, a restriction or a damaged row, in order.
  std::vector<Entry> subjects() const;
  std::uint64_t tampered_rows() const;

 private:
  void apply(const store::FenceRow& row, News& news);
  void apply(const store::ErasedRow& row, News& news);
  void apply(const store::StateRow& row, News& news);
  void apply(const store::RemovedRow& row, News& news);
  void erase(const store::DekId& id, DekView why, News& news);
  void tamper(const store::SubjectHash& subject, News& news);
  void settle(const store::SubjectHash& subject);

  const RowTexts& texts_;
  const HolderOf holder_of_;
  mutable std::shared_mutex mutex_;
  IdTable<store::SubjectHash, SubjectView> subjects_;
  IdTable<store::DekId, DekView> dek_ids_;
  std::map<store::SubjectHash, State> states_;
  std::map<store::DekId, store::SubjectHash> removed_;
  std::uint64_t tampered_rows_ = 0;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_FENCE_VIEW_H_
