// SPDX-License-Identifier: Apache-2.0
//
// AES-GCM by Crypto++: one object per direction, re-keyed in place, 12-byte nonces and 16-byte tags
// only (Crypto++ 8.7 is wrong for others). A new key is set together with its first nonce, since a
// separate call would synchronise twice. Nothing here allocates after the first key. Private to
// kms/crypto; an object belongs to one thread.

#ifndef LETHE_KMS_CRYPTO_GCM_CRYPTOPP_H_
#define LETHE_KMS_CRYPTO_GCM_CRYPTOPP_H_

#include <crypto++/aes.h>
#include <crypto++/gcm.h>

#include <cstdint>
#include <span>

#include "kms/crypto/gcm_sizes.h"
#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {

class CryptoppGcm {
 public:
  // As those of Gcm; false also if the library failed.
  void set_key(std::span<const std::uint8_t> key) noexcept;
  void forget() noexcept;
  bool seal(Nonce12 nonce, std::span<const std::uint8_t> aad,
            std::span<const std::uint8_t> plaintext, std::uint8_t* out) noexcept;
  bool open(Nonce12 nonce, std::span<const std::uint8_t> aad, std::span<const std::uint8_t> sealed,
            std::uint8_t* out) noexcept;

 private:
  // Starts a message; the key is set with the first one after set_key().
  template <class Cipher>
  void start(Cipher& cipher, bool& is_keyed, Nonce12 nonce);

  Key key_;
  std::size_t key_size_ = 0;  // 0: none
  bool seals_ = false;        // sealer_ has key_
  bool opens_ = false;
  CryptoPP::GCM<CryptoPP::AES>::Encryption sealer_;
  CryptoPP::GCM<CryptoPP::AES>::Decryption opener_;
};

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_GCM_CRYPTOPP_H_
