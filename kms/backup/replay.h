// SPDX-License-Identifier: Apache-2.0
//
// Replay: the erasures that a journal tells of, done again in a store that may have forgotten them:
// fence and erased rows, as they were kept or made anew from FENCED entries, and subjects' states.
// What is there already stays as it is, so that it can be repeated. One thread.

#ifndef LETHE_KMS_BACKUP_REPLAY_H_
#define LETHE_KMS_BACKUP_REPLAY_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kms/journal/entry.h"
#include "kms/row_texts.h"
#include "kms/store/key_store.h"
#include "lethe/result.h"

namespace lethe::kms::backup {

class Replay {
 public:
  // entries: the whole journal. known: how many of them the rows that are restored are as old as;
  // states are changed by later entries only. All are borrowed.
  Replay(store::KeyStore& store, RowTexts texts, const std::vector<journal::Entry>& entries,
         std::uint64_t known);

  // kept: the rows of a backup; null: none. The number of fences made anew.
  Result<std::uint64_t> run(const store::Marks* kept);

  // Whether the key may be put back: of its subject's current fence, and not erased by anybody.
  bool is_alive(const store::EdekRow& row) const;
  // The row lost a race against another one that is there.
  Result<void> bury_as_lost(const store::EdekRow& row) const;

 private:
  using Fences = std::map<std::uint64_t, Fence>;  // by version

  void learn(const store::Marks& marks);
  std::uint64_t learn(const std::vector<journal::Entry>& entries);
  Result<void> put_fences(const store::SubjectHash& subject, const Fences& fences);
  Result<void> put_fence(const Fence& fence);
  Result<void> put_erased();
  Result<void> put_states();
  State changed(State state) const;

  store::KeyStore& store_;
  const RowTexts texts_;
  const std::vector<journal::Entry>& entries_;
  const std::uint64_t known_;
  std::map<store::SubjectHash, Fences> fences_;
  std::map<store::DekId, Erased> erased_;
  std::set<store::DekId> buried_;  // whose erased row is in the store
  std::map<store::SubjectHash, State> states_;
  std::map<store::SubjectHash, State> resting_;  // in the store
};

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_REPLAY_H_
