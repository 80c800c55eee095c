// SPDX-License-Identifier: Apache-2.0
//
// What the inbox wants from an entry of the journal (docs/formats/sealed-value.md, section 12).
// Whether the chain holds is for its readers in kms/ to judge. Pure.

#ifndef LETHE_WORKER_INBOX_JOURNAL_ENTRY_H_
#define LETHE_WORKER_INBOX_JOURNAL_ENTRY_H_

#include <string>

#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::worker::inbox {

struct JournalEntry {
  std::string event;       // "FENCED"
  std::string at;          // as written
  std::string erasure_id;  // empty: an event of no erasure
};

// internal: the row is no entry.
Result<JournalEntry> read_entry(const kms::store::JournalRow& row);

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_JOURNAL_ENTRY_H_
