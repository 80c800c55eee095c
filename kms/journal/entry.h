// SPDX-License-Identifier: Apache-2.0
//
// An entry of the journal (specification, section 12): an event, and its place in the chain. Its
// only spelling is a canonical JSON line; the hash of the line without its LF is what the next
// entry names as `prev`, and what the entry is called. No personal data: the subject appears as a
// salted commitment. Values; any thread.

#ifndef LETHE_KMS_JOURNAL_ENTRY_H_
#define LETHE_KMS_JOURNAL_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "kms/crypto/digest.h"
#include "kms/journal/fault.h"
#include "kms/journal/time_text.h"
#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::kms::journal {

enum class EventKind : std::uint8_t {
  // Of a subject.
  kRequested,
  kBlocked,
  kCancelled,
  kHeld,
  kFenced,
  kEffective,
  kEdeksRemoved,
  kFinal,
  kReinstated,
  // Of an epoch; kCreated is the store's own beginning.
  kCreated,
  kRewrapped,
  kRootDisabled,
  kRootDestroyed,
};
inline constexpr std::size_t kEventKinds = 13;

// "EDEKS_REMOVED", as entries spell it.
std::string_view to_string(EventKind kind) noexcept;
bool is_of_subject(EventKind kind) noexcept;

// What happened. A member that is not listed for the kind keeps its default.
struct Event {
  EventKind kind = EventKind::kRequested;
  std::string actor;                    // 1 to 255 bytes: "user:dpo", "svc:worker-1"
  std::string erasure_id{};             // events of a subject
  crypto::Digest subject_commit{};      // events of a subject
  std::uint64_t fence_version = 0;      // kFenced, kReinstated
  std::vector<store::DekId> dek_ids{};  // kFenced; sorted, distinct
  std::uint64_t epoch = 0;              // kFenced (the highest prepared), events of an epoch
  std::vector<std::uint64_t> epochs{};  // kFinal; sorted, distinct
  std::string approver{};               // empty: none
  json::Value evidence{};               // an object; null: none
};

struct Entry {
  std::uint64_t seq = 0;
  Time time{};
  std::string tenant;
  crypto::Digest prev{};  // hash of the line before; zeros in the first entry
  Event event;
};

// The canonical line, without LF. bad_config: a text of the event has not the form above.
Result<std::string> write_line(const Entry& entry);
// kMalformed, or an entry of exactly the form above.
Fault read_line(std::string_view line, Entry& entry);
Fault read_entry(const json::Value& value, Entry& entry);

// SHA-256 of a line without LF.
crypto::Digest hash_of_line(std::string_view line);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_ENTRY_H_
