// SPDX-License-Identifier: Apache-2.0
//
// Authenticated encryption with the suites of the sealed value specification, section 2, on
// Crypto++. An AeadContext is a reusable working place, not a key: it keeps one cipher object and
// re-keys it, since a cipher object per subject costs 5.5 KB and cache misses. Belongs to one
// thread. The sealed form of everything here is  nonce ‖ ciphertext ‖ tag.

#ifndef LETHE_KMS_CRYPTO_AEAD_H_
#define LETHE_KMS_CRYPTO_AEAD_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "lethe/suites.h"

namespace lethe::kms::crypto {

using Bytes = std::span<const std::uint8_t>;

class AeadContext {
 public:
  AeadContext();
  ~AeadContext();
  AeadContext(const AeadContext&) = delete;
  AeadContext& operator=(const AeadContext&) = delete;

  // True if `suite` (number) is built; sealing and opening with another one returns false.
  static bool supports(std::uint32_t suite) noexcept;

  // Sets the 32-byte DEK for the calls that follow, which may use different suites: suite keys are
  // derived as the specification says. The bytes are copied into wiped memory of this context.
  void set_dek(std::span<const std::uint8_t, 32> dek) noexcept;
  // Forgets the DEK.
  void clear() noexcept;

  // Writes nonce ‖ ciphertext ‖ tag to out (nonce_size + plaintext.size() + 16 bytes). The nonce is
  // drawn from the system's generator.
  bool seal(std::uint32_t suite, Bytes aad, Bytes plaintext, std::uint8_t* out) noexcept;
  // With a given nonce: for known answers only.
  bool seal_with_nonce(std::uint32_t suite, Bytes nonce, Bytes aad, Bytes plaintext,
                       std::uint8_t* out) noexcept;

  // Opens nonce ‖ ciphertext ‖ tag into out (ciphertext size). False: not authentic or too short,
  // and out has been wiped.
  bool open(std::uint32_t suite, Bytes aad, Bytes sealed, std::uint8_t* out) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// AES-256-GCM under a 32-byte key, for wrapping keys and sealing control rows (not per record).
// Returns false on failure; out as above.
bool gcm_seal(std::span<const std::uint8_t, 32> key, Bytes nonce12, Bytes aad, Bytes plaintext,
              std::uint8_t* ciphertext_and_tag) noexcept;
bool gcm_open(std::span<const std::uint8_t, 32> key, Bytes nonce12, Bytes aad,
              Bytes ciphertext_and_tag, std::uint8_t* out) noexcept;

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_AEAD_H_
