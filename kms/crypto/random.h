// SPDX-License-Identifier: Apache-2.0
//
// Random bytes. What is as long as a key comes from getrandom(2) itself. Nonces, which are drawn
// for each field, come from a page per thread: the key stream of AES-256 under a key that
// getrandom(2) gave for this page alone and that is wiped at once. Bytes are wiped as they are
// handed out and never shared with a forked child. Thread-safe. Aborts if the system cannot give
// randomness: nothing may go on with weak keys.

#ifndef LETHE_KMS_CRYPTO_RANDOM_H_
#define LETHE_KMS_CRYPTO_RANDOM_H_

#include <cstdint>
#include <span>

namespace lethe::kms::crypto {

void random_bytes(std::span<std::uint8_t> out) noexcept;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_RANDOM_H_
