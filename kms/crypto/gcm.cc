// SPDX-License-Identifier: Apache-2.0

#include "kms/crypto/gcm.h"

#include "kms/crypto/gcm_cryptopp.h"

namespace lethe::kms::crypto {

Gcm::Gcm() : cryptopp_(AesniGcm::is_supported() ? nullptr : std::make_unique<CryptoppGcm>()) {}
Gcm::~Gcm() = default;

void Gcm::set_key(std::span<const std::uint8_t> key) noexcept {
  cryptopp_ == nullptr ? aesni_.set_key(key) : cryptopp_->set_key(key);
}

void Gcm::forget() noexcept {
  cryptopp_ == nullptr ? aesni_.forget() : cryptopp_->forget();
}

bool Gcm::seal(Nonce12 nonce, std::span<const std::uint8_t> aad,
               std::span<const std::uint8_t> plaintext, std::uint8_t* out) noexcept {
  if (cryptopp_ != nullptr) return cryptopp_->seal(nonce, aad, plaintext, out);
  aesni_.seal(nonce, aad, plaintext, out);
  return true;
}

bool Gcm::open(Nonce12 nonce, std::span<const std::uint8_t> aad,
               std::span<const std::uint8_t> sealed, std::uint8_t* out) noexcept {
  if (cryptopp_ != nullptr) return cryptopp_->open(nonce, aad, sealed, out);
  return aesni_.open(nonce, aad, sealed, out);
}

}  // namespace lethe::kms::crypto
