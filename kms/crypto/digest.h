// SPDX-License-Identifier: Apache-2.0
//
// SHA-256, HMAC-SHA-256 and HKDF-Expand (RFC 5869, the input key is the PRK), on Crypto++.
// Thread-safe, no state between calls.

#ifndef LETHE_KMS_CRYPTO_DIGEST_H_
#define LETHE_KMS_CRYPTO_DIGEST_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace lethe::kms::crypto {

using Digest = std::array<std::uint8_t, 32>;

// Of the concatenation of the parts.
Digest sha256(std::initializer_list<std::span<const std::uint8_t>> parts) noexcept;
Digest hmac_sha256(std::span<const std::uint8_t> key,
                   std::initializer_list<std::span<const std::uint8_t>> parts) noexcept;

// Fills out (at most 255 * 32 bytes) from prk and info.
void hkdf_expand(std::span<const std::uint8_t> prk,
                 std::initializer_list<std::span<const std::uint8_t>> info,
                 std::span<std::uint8_t> out) noexcept;

// Equality in constant time; sizes are public.
bool equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_DIGEST_H_
