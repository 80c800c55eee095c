// SPDX-License-Identifier: Apache-2.0
//
// AES-GCM on the instructions that x86-64 processors have for it (AES-NI, PCLMULQDQ), shaped for
// what a library's class is slow at: short messages, each few of them under another key. No tables
// and no branches on secrets: constant time. Tested against Wycheproof's vectors and, with random
// input, against Crypto++. Private to kms/crypto; reached through gcm.h. An object belongs to one
// thread.

#ifndef LETHE_KMS_CRYPTO_GCM_AESNI_H_
#define LETHE_KMS_CRYPTO_GCM_AESNI_H_

#include <array>
#include <cstdint>
#include <span>

#include "kms/crypto/gcm_sizes.h"
#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {

class AesniGcm {
 public:
  // Whether this build and this processor have it; nothing else may be called otherwise.
  static bool is_supported() noexcept;

  AesniGcm() = default;
  ~AesniGcm() { forget(); }
  AesniGcm(const AesniGcm&) = delete;
  AesniGcm& operator=(const AesniGcm&) = delete;

  // 16 or 32 bytes.
  void set_key(std::span<const std::uint8_t> key) noexcept;
  void forget() noexcept { wipe(&schedule_, sizeof schedule_); }

  // Writes ciphertext ‖ tag to out, which may be where the plaintext is.
  void seal(Nonce12 nonce, std::span<const std::uint8_t> aad,
            std::span<const std::uint8_t> plaintext, std::uint8_t* out) const noexcept;
  // sealed: ciphertext ‖ tag. False: not authentic (nothing was decrypted; out is wiped) or too
  // short.
  bool open(Nonce12 nonce, std::span<const std::uint8_t> aad, std::span<const std::uint8_t> sealed,
            std::uint8_t* out) const noexcept;

  using Block = std::array<std::uint8_t, 16>;
  static constexpr int kPowers = 8;  // blocks that are multiplied before one reduction
  struct alignas(16) Schedule {
    Block round_keys[15];
    Block powers[kPowers];  // of the hash key: H, H^2 ...
    int rounds;             // 10 or 14
  };

 private:
  Schedule schedule_{};
};

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_GCM_AESNI_H_
