// SPDX-License-Identifier: Apache-2.0
//
// Custody of keys, as command line, REST and other adapters see it: erase a subject, restrict it,
// and tell what there is. Plugins never get this interface. Thread-safe. Names are key names as
// `subject` renders them, without a scheme; they appear in no message. Errors: bad_config for what
// cannot be asked, unknown_key where there is nothing of that name, transient when the store is
// away.

#ifndef LETHE_KMS_KEY_CUSTODY_H_
#define LETHE_KMS_KEY_CUSTODY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kms/key_ring.h"
#include "lethe/result.h"

namespace lethe::kms {

struct ShredOptions {
  bool unseen = false;                   // fence a name that has no key yet
  std::optional<ErasedPolicy> policy{};  // for new data; else the pipelines' own
  std::string erasure_id{};              // [A-Za-z0-9_-]{1,64}; empty: one is drawn
};

struct Erasure {
  std::string erasure_id;
  std::string subject;  // its hash, hex
  std::uint64_t fence_version = 0;
  std::vector<std::string> dek_ids;  // destroyed keys, 8-4-4-4-12, sorted; may be empty
  std::optional<ErasedPolicy> policy;
  bool already_done = false;  // by an earlier request, which this is
};

struct SubjectStatus {
  std::string subject;  // its hash, hex
  std::string name;     // only where names are kept readable and a key is left
  std::uint64_t live_keys = 0;
  std::uint64_t fence_version = 0;  // number of erasures
  std::optional<ErasedPolicy> policy;
  bool restricted = false;
  bool tampered = false;  // a row of it fails its check
};

struct KeyStatus {
  std::string dek_id;   // 8-4-4-4-12
  std::string subject;  // hash, hex
  std::string name;     // only where names are kept readable
  std::uint8_t suite = 0;
  std::uint64_t fence_version = 0;
  std::uint32_t rotation = 0;
  std::uint64_t kek_generation = 0;
  std::chrono::system_clock::time_point created_at{};
  std::string created_by;
  bool live = false;      // of the subject's current fence version
  bool tampered = false;  // the row does not fit together
};

struct CustodyDescription {
  std::string tenant;
  std::string store;     // what and where
  std::string store_id;  // hex
  bool shared = false;   // other processes can shred in it
  std::string root;
  std::uint64_t epoch = 0;
  std::uint64_t kek_generation = 0;
  bool readable_names = false;
  std::chrono::milliseconds lease{};
  std::uint64_t tampered_rows = 0;  // fence, erased and state rows, since start
};

// Counts since start, for metrics.
struct KeyCounts {
  std::uint64_t cached = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
  std::uint64_t keys_created = 0;
  std::chrono::nanoseconds lease_age{};  // since this worker was known to be up to date
};

class KeyCustody {
 public:
  virtual ~KeyCustody() = default;

  // Erases the subject: durable, and effective in every process at its next batch. Asked again, by
  // erasure id or for a subject that has no live key any more, it returns the erasure that was. A
  // name without any row is unknown_key unless options.unseen.
  virtual Result<Erasure> shred(std::string_view name, const ShredOptions& options) = 0;

  // Restricted: nobody reads or seals until it is lifted. No erasure is undone by lifting it.
  virtual Result<void> restrict(std::string_view name, bool restricted) = 0;

  // unknown_key: a name without any row.
  virtual Result<SubjectStatus> status(std::string_view name) = 0;

  // Visit each subject that has a key, a fence or a restriction, in order of the hash; each key.
  virtual Result<void> subjects(const std::function<void(const SubjectStatus&)>& visit) = 0;
  virtual Result<void> keys(const std::function<void(const KeyStatus&)>& visit) = 0;

  virtual CustodyDescription describe() const = 0;
  virtual KeyCounts counts() const = 0;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_KEY_CUSTODY_H_
