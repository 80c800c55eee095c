// SPDX-License-Identifier: Apache-2.0
//
// KnownCheckpoint: the last checkpoint of a store that a worker has seen, kept outside the store: a
// file `checkpoint-STORE` (0600) in the data directory. A store whose journal does not extend it
// was rolled back or rewritten, and is refused before a key is used. It only ever grows. Several
// workers may share the directory; any thread.

#ifndef LETHE_KMS_JOURNAL_KNOWN_CHECKPOINT_H_
#define LETHE_KMS_JOURNAL_KNOWN_CHECKPOINT_H_

#include <optional>
#include <string>
#include <string_view>

#include "kms/journal/journal.h"
#include "lethe/result.h"

namespace lethe::kms::journal {

class KnownCheckpoint {
 public:
  // The folder is made (0700) by the first save().
  KnownCheckpoint(std::string folder, std::string_view store_id);

  const std::string& path() const noexcept { return path_; }

  // The note; nothing if none was ever kept here.
  Result<std::optional<std::string>> load() const;
  // bad_config: the journal, as read so far, does not extend the known checkpoint.
  Result<void> check(const Journal& journal) const;
  // Catches up, checks, and keeps the journal's checkpoint from now on: durable on return.
  Result<void> update(Journal& journal) const;

 private:
  Result<void> save(std::string_view note) const;

  std::string folder_;
  std::string path_;
};

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_KNOWN_CHECKPOINT_H_
