// SPDX-License-Identifier: Apache-2.0
//
// KnownHistory: the longest journal that can be put together from a store, a backup and a copy, and
// how far it is known to be the whole one. They must be beginnings of each other: of one store
// there is one history. One thread.

#ifndef LETHE_KMS_BACKUP_KNOWN_HISTORY_H_
#define LETHE_KMS_BACKUP_KNOWN_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kms/journal/chain.h"
#include "kms/journal/entry.h"
#include "kms/journal/known_checkpoint.h"
#include "kms/journal/signer.h"
#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::kms::backup {

class KnownHistory {
 public:
  explicit KnownHistory(std::string tenant) : tenant_(tenant), chain_(tenant) {}

  // Adds what a source knows beyond the others. bad_config: it is broken, or another history.
  // whence: for messages, "the backup x".
  Result<void> add(const std::vector<store::JournalRow>& rows, const std::string& whence);
  Result<void> add_lines(std::string_view lines, const std::string& whence);

  // Whether a checkpoint is kept. bad_config: it states entries that are not here.
  Result<bool> check(const journal::KnownCheckpoint& known, const journal::VerifierKey& key) const;

  std::uint64_t size() const noexcept { return chain_.size(); }
  const std::vector<std::string>& lines() const noexcept { return lines_; }
  const std::vector<journal::Entry>& entries() const noexcept { return entries_; }

 private:
  Result<void> merge(const std::vector<std::string>& lines, const std::string& whence);

  std::string tenant_;
  journal::Chain chain_;
  std::vector<std::string> lines_;
  std::vector<journal::Entry> entries_;
};

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_KNOWN_HISTORY_H_
