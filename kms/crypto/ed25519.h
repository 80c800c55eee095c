// SPDX-License-Identifier: Apache-2.0
//
// Ed25519 (RFC 8032), for checkpoints and certificates: signing with a key that is kept as its
// 32-byte seed, and verification that accepts one signature per message and key. Crypto++ accepts
// S and S + L alike; here S must be below the group order L (specification, section 12), so that a
// signature cannot be turned into another one. Thread-safe, no state between calls; copies of the
// seed are wiped.

#ifndef LETHE_KMS_CRYPTO_ED25519_H_
#define LETHE_KMS_CRYPTO_ED25519_H_

#include <array>
#include <cstdint>
#include <span>

namespace lethe::kms::crypto {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;  // R ‖ S

PublicKey ed25519_public_key(std::span<const std::uint8_t, 32> seed);
Signature ed25519_sign(std::span<const std::uint8_t, 32> seed,
                       std::span<const std::uint8_t> message);
bool ed25519_verify(const PublicKey& key, std::span<const std::uint8_t> message,
                    const Signature& signature);

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_ED25519_H_
