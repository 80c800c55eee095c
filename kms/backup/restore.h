// SPDX-License-Identifier: Apache-2.0
//
// Restores a key store: from a backup into an empty one, or in place, bringing a store that was
// rolled back up to date (custody protocol, section 6). Erasures come first: whatever the journal
// tells of is fenced again before a wrapped key is written, and keys of erased people are not
// written at all. A store becomes usable with its last row, so that a restore that was interrupted
// is simply repeated. One thread.

#ifndef LETHE_KMS_BACKUP_RESTORE_H_
#define LETHE_KMS_BACKUP_RESTORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "kms/journal/witness.h"
#include "kms/root/root_key.h"
#include "kms/store/key_store.h"
#include "lethe/result.h"

namespace lethe::kms::backup {

struct RestoreOptions {
  std::string tenant;
  std::string file;  // the backup; empty: the store as it is
  std::string
      journal;  // file with the lines of its journal; empty: what is configured, if anything
  // Nobody knows how far the journal had come; go on with what is at hand.
  bool without_journal = false;
  journal::Witness::Places witness{};
  std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
};

struct RestoreReport {
  std::uint64_t entries = 0;        // in the journal now
  std::uint64_t entries_added = 0;  // that the backup, or the store, did not have
  std::uint64_t erasures_replayed = 0;
  std::uint64_t keys_restored = 0;
  std::uint64_t keys_left_out = 0;    // dead: of erased people, or losers of a race
  bool journal_end_is_known = false;  // false: later erasures cannot be ruled out
  std::string last_entry_at;          // time of the last entry
};

// bad_config: nothing to restore from, a damaged backup, a store that holds something else, a
// journal that ends before the checkpoint that is known; transient: store or root away.
Result<RestoreReport> restore(store::KeyStore& store, root::RootKey& root,
                              const RestoreOptions& options);

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_RESTORE_H_
