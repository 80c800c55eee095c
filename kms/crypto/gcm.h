// SPDX-License-Identifier: Apache-2.0
//
// AES-GCM as this folder uses it: a reusable working place for many short messages under changing
// keys. On processors with the instructions for it the work is done by gcm_aesni.h, on others by
// Crypto++; both give the same bytes, which tests and the self-test at start see to. Private to
// kms/crypto; an object belongs to one thread.

#ifndef LETHE_KMS_CRYPTO_GCM_H_
#define LETHE_KMS_CRYPTO_GCM_H_

#include <cstdint>
#include <memory>
#include <span>

#include "kms/crypto/gcm_aesni.h"
#include "kms/crypto/gcm_sizes.h"

namespace lethe::kms::crypto {

class CryptoppGcm;

class Gcm {
 public:
  Gcm();
  ~Gcm();
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;

  // 16 or 32 bytes, for the calls that follow.
  void set_key(std::span<const std::uint8_t> key) noexcept;
  // Overwrites key and what was derived from it.
  void forget() noexcept;

  // Writes ciphertext ‖ tag to out. False: the library failed.
  bool seal(Nonce12 nonce, std::span<const std::uint8_t> aad,
            std::span<const std::uint8_t> plaintext, std::uint8_t* out) noexcept;
  // sealed: ciphertext ‖ tag. False: not authentic (out is wiped) or too short.
  bool open(Nonce12 nonce, std::span<const std::uint8_t> aad, std::span<const std::uint8_t> sealed,
            std::uint8_t* out) noexcept;

 private:
  AesniGcm aesni_;
  std::unique_ptr<CryptoppGcm> cryptopp_;  // null where aesni_ does the work
};

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_GCM_H_
