// SPDX-License-Identifier: Apache-2.0
//
// The audit of a store: everything in it is read again and held against everything else, and
// against what is kept of its journal outside. It opens stores that a gateway refuses, writes
// nothing, and says what is wrong in sentences without a subject. Any thread.

#ifndef LETHE_KMS_AUDIT_H_
#define LETHE_KMS_AUDIT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kms/journal/journal.h"
#include "kms/journal/witness.h"
#include "kms/root/root_key.h"
#include "kms/store/key_store.h"
#include "lethe/result.h"

namespace lethe::kms {

struct AuditReport {
  journal::Journal::Audit journal;
  std::uint64_t live_keys = 0;
  std::uint64_t dead_keys = 0;  // below their subject's fence; going
  std::uint64_t fences = 0;
  std::uint64_t erased_keys = 0;
  std::vector<std::string> findings;  // empty: all is well
};

// bad_config: no store of this tenant and root; transient: the store is away.
Result<AuditReport> audit(store::KeyStore& store, root::RootKey& root, std::string_view tenant,
                          const journal::Witness::Places& places);

}  // namespace lethe::kms

#endif  // LETHE_KMS_AUDIT_H_
