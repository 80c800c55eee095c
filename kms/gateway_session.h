// SPDX-License-Identifier: Apache-2.0
//
// A KeySession of the gateway: the hot path. The keys of the current batch are copied out of the
// cache, still sealed, into memory of the session, and a handle is this batch's number and a place
// in that memory; a handle of another batch or session opens nothing. In the steady state, when all
// keys are cached, nothing is allocated. One thread.

#ifndef LETHE_KMS_GATEWAY_SESSION_H_
#define LETHE_KMS_GATEWAY_SESSION_H_

#include <cstdint>
#include <vector>

#include "kms/crypto/aead.h"
#include "kms/gateway_parts.h"
#include "kms/key_ring.h"
#include "kms/opening_keys.h"
#include "kms/sealing_keys.h"

namespace lethe::kms {

class GatewaySession final : public KeySession {
 public:
  // internal: may use the worker's own key names (kReservedNamePrefix). parts outlive the session.
  GatewaySession(GatewayParts& parts, bool internal);

  Result<void> for_sealing(Strided<lethe_sealing_key> keys, ErasedPolicy on_erased) override;
  Result<void> for_opening(Strided<lethe_opening_key> keys) override;
  void seal(Strided<lethe_seal_item> items) override;
  void open(Strided<lethe_open_item> items) override;
  Result<void> confirm() override;
  void sha256(lethe_view bytes, std::uint8_t* out) override;

 private:
  bool may_seal(const lethe_sealing_key& key) const;
  bool may_use_cached(const lethe_sealing_key& key, const HeldKey& held,
                      ErasedPolicy on_erased) const;
  Result<void> start_batch(std::size_t size);
  // Notes the keys of this call for confirm().
  void note_use();
  std::uint64_t handle(std::size_t at) const { return std::uint64_t{batch_} << 32 | at; }
  // The key behind a handle of this batch; nullptr otherwise.
  const HeldKey* held(std::uint64_t handle) const;
  // Makes it the key of aead_; false if it does not open.
  bool load(const HeldKey& key);
  void unload();

  Result<void> resolve_sealing(Strided<lethe_sealing_key> keys, ErasedPolicy on_erased);
  Result<void> resolve_opening(Strided<lethe_opening_key> keys);
  std::int32_t seal(const lethe_seal_item& item);
  std::int32_t open(const lethe_open_item& item);

  GatewayParts& parts_;
  const bool internal_;
  crypto::SessionSealContext context_;
  crypto::AeadContext aead_;
  SealingKeys sealing_;
  OpeningKeys opening_;

  std::uint32_t batch_;
  std::vector<HeldKey> held_;          // by place in the batch
  std::vector<std::uint8_t> is_held_;  // 1: held_ has that place's key, and it may be used
  std::vector<NameTag> tags_;
  std::vector<store::DekId> ids_;
  KeyCache::Scratch scratch_;
  std::vector<store::DekId> used_;     // since the last confirm()
  bool used_many_ = false;             // more than are noted
  std::uint64_t used_generation_ = 0;  // of the cache, before the first of these calls
  store::DekId loaded_;                // whose key aead_ has; zero: none
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_GATEWAY_SESSION_H_
