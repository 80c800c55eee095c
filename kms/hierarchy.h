// SPDX-License-Identifier: Apache-2.0
//
// The keys above the data keys, opened: tenant secret, KEKs and the key that signs for the store,
// from the control rows of a store and its root key. The seal key of the epoch is forgotten once
// they are open. Immutable after make(): thread-safe; lives as long as the gateway.

#ifndef LETHE_KMS_HIERARCHY_H_
#define LETHE_KMS_HIERARCHY_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/control_codec.h"
#include "kms/crypto/secret.h"
#include "kms/root/root_key.h"
#include "kms/store/key_store.h"

namespace lethe::kms {

enum class KeyNames : std::uint8_t { kHashed, kClear };

class Hierarchy {
 public:
  struct Options {
    std::string tenant = "default";
    KeyNames key_names = KeyNames::kHashed;
    bool create = false;  // make the control rows of a store that has none
    std::chrono::system_clock::time_point now{};
  };

  // Opens what the store holds, after adopting new rows if it holds none and that is allowed. Of
  // several first starters one makes the rows. A store from before there were journals is given its
  // signing key. bad_config: nothing there, another tenant, another root, a newer format, rows that
  // were changed.
  static Result<std::unique_ptr<Hierarchy>> make(store::KeyStore& store, root::RootKey& root,
                                                 const Options& options);

  const std::string& tenant() const noexcept { return tenant_; }
  const std::string& store_id() const noexcept { return store_id_; }
  KeyNames key_names() const noexcept { return key_names_; }
  std::chrono::milliseconds lease() const noexcept { return lease_; }
  std::uint64_t epoch() const noexcept { return epoch_; }
  std::uint64_t generation() const noexcept { return generation_; }

  std::span<const std::uint8_t, 32> tenant_secret() const noexcept { return tenant_secret_; }
  // The Ed25519 seed of checkpoints and certificates, and the name under which it signs.
  std::span<const std::uint8_t, 32> signing_seed() const noexcept { return signing_seed_; }
  std::string signer_name() const;
  // The KEK of new keys of this bucket, and the KEK of a record; nothing if it is not at hand.
  std::span<const std::uint8_t, 32> active_kek() const noexcept { return keks_.front().bytes; }
  std::optional<std::span<const std::uint8_t, 32>> kek(std::uint32_t bucket,
                                                       std::uint64_t generation) const noexcept;

 private:
  struct Kek {
    control::KekNumber number;
    std::span<const std::uint8_t, 32> bytes;
  };
  class Opening;

  Hierarchy();

  std::string tenant_;
  std::string store_id_;
  KeyNames key_names_ = KeyNames::kHashed;
  std::chrono::milliseconds lease_{};
  std::uint64_t epoch_ = 0;
  std::uint64_t generation_ = 0;
  crypto::SecretPage page_;
  std::span<std::uint8_t, 32> tenant_secret_;
  std::span<std::uint8_t, 32> signing_seed_;
  std::vector<Kek> keks_;  // never empty
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_HIERARCHY_H_
