// SPDX-License-Identifier: Apache-2.0
//
// The slow path of for_opening: the DEK ids of a batch that the key cache does not know. Each ends
// in one of the states of the custody protocol, section 4, and no state is taken for another:
// shredded is said only by an authentic fence or erased row, or by an authentic key below its
// fence. Belongs to one session and its thread.

#ifndef LETHE_KMS_OPENING_KEYS_H_
#define LETHE_KMS_OPENING_KEYS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "kms/gateway_parts.h"

namespace lethe::kms {

struct SoughtKey {
  store::DekId id;
  // answers
  std::int32_t state = LETHE_KEY_UNKNOWN;
  HeldKey key;
};

class OpeningKeys {
 public:
  OpeningKeys(GatewayParts& parts, crypto::SessionSealContext& context)
      : parts_(parts), context_(context) {}

  // Answers state and key of each, which are distinct by id. Transient: the store is away.
  Result<void> resolve(std::span<SoughtKey> sought);

 private:
  Result<void> look(bool first);
  bool settled_by_view(SoughtKey& sought, bool first);
  bool settled_by_row(SoughtKey& sought, const store::EdekRow& row, bool first);

  GatewayParts& parts_;
  crypto::SessionSealContext& context_;
  std::vector<SoughtKey*> pending_;
  std::vector<KeyCache::Entry> found_;  // for the cache
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_OPENING_KEYS_H_
