// SPDX-License-Identifier: Apache-2.0
//
// The slow path of for_sealing: the names of a batch that the key cache does not know. They are
// looked up in the store together, missing keys are born there together, and an erased subject
// meets the policy. Belongs to one session and its thread.

#ifndef LETHE_KMS_SEALING_KEYS_H_
#define LETHE_KMS_SEALING_KEYS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kms/gateway_parts.h"
#include "kms/key_ring.h"

namespace lethe::kms {

struct WantedKey {
  std::string_view name;
  NameTag tag;
  std::uint8_t suite = 0;
  // answers
  std::int32_t state = LETHE_KEY_UNKNOWN;
  HeldKey key;
};

class SealingKeys {
 public:
  SealingKeys(GatewayParts& parts, crypto::SessionSealContext& context)
      : parts_(parts), context_(context) {}

  // Answers state and key of each, which are distinct by tag. Transient: the store is away.
  Result<void> resolve(std::span<WantedKey> wanted, ErasedPolicy on_erased);

 private:
  struct Pending {
    WantedKey* wanted;
    store::SubjectHash subject;
    SubjectView view;
    bool ahead = false;  // a row was found that is ahead of the fence that we know
  };

  // One look at view and store; what is still open remains pending.
  Result<void> look(ErasedPolicy on_erased);
  bool settled_by_view(Pending& pending, ErasedPolicy on_erased) const;
  Result<void> read_rows();
  bool settled_by_rows(Pending& pending, std::span<const store::EdekRow> rows);
  Result<void> give_birth();
  Result<void> bury_left_overs(std::span<const store::EdekRow> rows,
                               std::span<const store::Birth> births);
  bool settled_by_birth(Pending& pending, const NewKey& offered, const store::Birth& birth);
  bool settled_by_row(Pending& pending, const store::EdekRow& row);
  void settle(Pending& pending, const HeldKey& key);

  GatewayParts& parts_;
  crypto::SessionSealContext& context_;
  std::vector<Pending> pending_;
  std::vector<KeyCache::Entry> found_;  // for the cache
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_SEALING_KEYS_H_
