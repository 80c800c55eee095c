// SPDX-License-Identifier: Apache-2.0
//
// The sizes of AES-GCM as Lethe uses it, for both of its implementations. Private to kms/crypto.

#ifndef LETHE_KMS_CRYPTO_GCM_SIZES_H_
#define LETHE_KMS_CRYPTO_GCM_SIZES_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace lethe::kms::crypto {

inline constexpr std::size_t kGcmNonceSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

using Nonce12 = std::span<const std::uint8_t, kGcmNonceSize>;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_GCM_SIZES_H_
