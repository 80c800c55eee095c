// SPDX-License-Identifier: Apache-2.0
//
// Witness: what is kept of a journal outside its store, and what the store is held against whenever
// it is opened: the last checkpoint that this machine has seen, and, where one is configured, the
// copy of the entries. A store that was put back to an earlier state does not agree with them.
// Owned by the gateway. Thread-safe.

#ifndef LETHE_KMS_JOURNAL_WITNESS_H_
#define LETHE_KMS_JOURNAL_WITNESS_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "kms/journal/journal.h"
#include "kms/journal/journal_copy.h"
#include "kms/journal/known_checkpoint.h"
#include "lethe/result.h"

namespace lethe::kms::journal {

class Witness {
 public:
  struct Places {
    std::string folder{};  // for the known checkpoint; empty: none is kept
    std::string copy{};    // file for the entries; empty: none is kept
  };

  Witness(const Places& places, std::string_view store_id);

  // bad_config: the journal does not extend what is known of it.
  Result<void> check(Journal& journal);
  // Keeps what is new. Cheap when nothing is.
  Result<void> keep(Journal& journal);

 private:
  std::mutex mutex_;
  std::optional<KnownCheckpoint> checkpoint_;
  std::optional<JournalCopy> copy_;
  std::uint64_t kept_ = 0;  // entries of the journal
};

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_WITNESS_H_
