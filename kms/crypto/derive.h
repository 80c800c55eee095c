// SPDX-License-Identifier: Apache-2.0
//
// What the specification derives from keys: DEK ids (section 3), subject hashes, buckets and
// commitments (section 11).

#ifndef LETHE_KMS_CRYPTO_DERIVE_H_
#define LETHE_KMS_CRYPTO_DERIVE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace lethe::kms::crypto {

using Id16 = std::array<std::uint8_t, 16>;

// HKDF-Expand(DEK, "EV1 dek-id\0" ‖ tenant, 16). All zero means: draw another DEK.
Id16 dek_id(std::span<const std::uint8_t, 32> dek, std::string_view tenant) noexcept;

// First 16 bytes of HMAC(tenant secret, "EV1 subject\0" ‖ u16(len tenant) ‖ tenant ‖ subject).
Id16 subject_hash(std::span<const std::uint8_t, 32> tenant_secret, std::string_view tenant,
                  std::string_view subject) noexcept;

// u64(subject_hash[0..8]) mod buckets; buckets >= 1.
std::uint32_t bucket_of(const Id16& subject_hash, std::uint32_t buckets) noexcept;

// HMAC(salt, "EV1 subject-commit\0" ‖ u16(len tenant) ‖ tenant ‖ subject).
std::array<std::uint8_t, 32> subject_commit(std::span<const std::uint8_t, 32> salt,
                                            std::string_view tenant,
                                            std::string_view subject) noexcept;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_DERIVE_H_
