// SPDX-License-Identifier: Apache-2.0
//
// AES-GCM as this folder uses it: one Crypto++ object per direction, re-keyed in place, 12-byte
// nonces and 16-byte tags only (Crypto++ 8.7 is wrong for others). A new key is set together with
// its first nonce, since a separate call would synchronise twice. Nothing here allocates after the
// first key. Private to kms/crypto; an object belongs to one thread.

#ifndef LETHE_KMS_CRYPTO_GCM_H_
#define LETHE_KMS_CRYPTO_GCM_H_

#include <crypto++/aes.h>
#include <crypto++/gcm.h>

#include <cstdint>
#include <span>

namespace lethe::kms::crypto {

inline constexpr std::size_t kGcmNonceSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

using Nonce12 = std::span<const std::uint8_t, kGcmNonceSize>;

// Keyed and given a nonce, then used for one message. Throws what Crypto++ throws.
template <class Cipher>
class GcmKeyed {
 public:
  // key: 16 or 32 bytes.
  void start(std::span<const std::uint8_t> key, Nonce12 nonce);
  // Another message under the same key.
  void start(Nonce12 nonce);
  // Overwrites the key schedule.
  void forget();

 protected:
  Cipher cipher_;
};

class GcmSealer : public GcmKeyed<CryptoPP::GCM<CryptoPP::AES>::Encryption> {
 public:
  // out: ciphertext ‖ tag.
  void seal(std::span<const std::uint8_t> aad, std::span<const std::uint8_t> plaintext,
            std::uint8_t* out);
};

class GcmOpener : public GcmKeyed<CryptoPP::GCM<CryptoPP::AES>::Decryption> {
 public:
  // sealed: ciphertext ‖ tag. False: not authentic or too short, and out is wiped.
  bool open(std::span<const std::uint8_t> aad, std::span<const std::uint8_t> sealed,
            std::uint8_t* out);
};

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_GCM_H_
