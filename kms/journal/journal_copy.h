// SPDX-License-Identifier: Apache-2.0
//
// JournalCopy: the lines of a journal in a file of its own, away from the store, so that erasures
// can be replayed into a store that was restored from before them (custody protocol, section 6). A
// line is added when its entry is, and nothing is ever removed. Workers may share the file: it is
// locked while it is extended. 0600; the entries hold pseudonyms, no names. Not thread-safe.

#ifndef LETHE_KMS_JOURNAL_JOURNAL_COPY_H_
#define LETHE_KMS_JOURNAL_JOURNAL_COPY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "kms/journal/journal.h"
#include "lethe/result.h"

namespace lethe::kms::journal {

class JournalCopy {
 public:
  explicit JournalCopy(std::string path) : path_(std::move(path)) {}

  // Catches up and adds the entries that the file does not have yet: durable on return. A line that
  // was cut short by a crash is written again. bad_config: the file has entries that the journal
  // does not have, or cannot be written.
  Result<void> update(Journal& journal);
  // The same without writing; a file that does not exist has no entries.
  Result<void> check(Journal& journal);

 private:
  // Compares what was added since the last call.
  Result<void> compare(int file, Journal& journal);
  Result<void> extend(int file, const Journal& journal);

  std::string path_;
  std::uint64_t entries_ = 0;  // that were compared
  std::uint64_t bytes_ = 0;    // their length in the file
};

// The complete lines of such a file, each with its LF.
Result<std::string> read_journal_copy(const std::string& path);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_JOURNAL_COPY_H_
