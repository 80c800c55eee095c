// SPDX-License-Identifier: Apache-2.0
//
// Random bytes from getrandom(2), buffered per thread (4 KiB), wiped as they are handed out, never
// shared with a forked child. Thread-safe. Aborts if the system cannot give randomness: nothing may
// go on with weak keys.

#ifndef LETHE_KMS_CRYPTO_RANDOM_H_
#define LETHE_KMS_CRYPTO_RANDOM_H_

#include <cstdint>
#include <span>

namespace lethe::kms::crypto {

void random_bytes(std::span<std::uint8_t> out) noexcept;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_RANDOM_H_
