// SPDX-License-Identifier: Apache-2.0
//
// EDEK rows, made and opened. A new key is drawn, wrapped under the active KEK and sealed under the
// session key; a row is opened only after every check of the specification, section 10, and after
// its columns were compared with what its record authenticates. Thread-safe; each caller brings its
// own SessionSealContext.

#ifndef LETHE_KMS_EDEK_ROWS_H_
#define LETHE_KMS_EDEK_ROWS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "kms/crypto/session_seal.h"
#include "kms/hierarchy.h"
#include "kms/key_cache.h"
#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::kms {

struct NewKey {
  store::EdekRow row;
  HeldKey key;
};

// What a row turned out to be.
enum class RowState : std::uint8_t {
  kAvailable,
  kShredded,  // authentic, and below the subject's current fence
  kStale,     // ahead of the fence that we know
  kUnknown,   // its KEK is not at hand
  kTampered,  // columns, record and key do not fit together
};

class EdekRows {
 public:
  EdekRows(const Hierarchy& hierarchy, crypto::SessionSeal& seal, std::string worker_id)
      : hierarchy_(hierarchy), seal_(seal), worker_id_(std::move(worker_id)) {}

  // A key that nobody has yet, for this subject below this fence. internal on a library failure.
  Result<NewKey> make(const store::SubjectHash& subject, std::string_view name, std::uint8_t suite,
                      std::uint64_t fence, std::chrono::system_clock::time_point now,
                      crypto::SessionSealContext& context) const;

  // Whether the columns say what the record says.
  bool fits(const store::EdekRow& row) const;

  // `fence`: the subject's current version. key is filled in only with kAvailable.
  RowState open(const store::EdekRow& row, std::uint64_t fence, crypto::SessionSealContext& context,
                HeldKey& key) const;

 private:
  const Hierarchy& hierarchy_;
  crypto::SessionSeal& seal_;
  std::string worker_id_;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_EDEK_ROWS_H_
