// SPDX-License-Identifier: Apache-2.0
//
// The working place of a thread: one GCM object, which holds the key of one suite of the current
// DEK.

#include "kms/crypto/aead.h"

#include <algorithm>
#include <array>

#include "kms/crypto/digest.h"
#include "kms/crypto/gcm.h"
#include "kms/crypto/random.h"
#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {
namespace {

constexpr std::uint32_t kNoSuite = 0;

}  // namespace

struct AeadContext::State {
  Key dek;
  Secret<16> key_a128gcm;  // suite 5's, derived once per DEK
  bool has_dek = false;
  bool has_a128gcm = false;
  std::uint32_t suite = kNoSuite;  // whose key gcm has
  Gcm gcm;

  std::span<const std::uint8_t> suite_key(std::uint32_t wanted) {
    if (wanted == kA256Gcm) return dek.bytes();
    if (!has_a128gcm) {
      static constexpr char kLabel[] = "EV1 a128gcm";  // with its zero byte
      hkdf_expand(dek.bytes(), {{reinterpret_cast<const std::uint8_t*>(kLabel), sizeof(kLabel)}},
                  key_a128gcm.writable());
      has_a128gcm = true;
    }
    return key_a128gcm.bytes();
  }

  void load(std::uint32_t wanted) {
    if (suite == wanted) return;
    gcm.set_key(suite_key(wanted));
    suite = wanted;
  }
};

AeadContext::AeadContext() : state_(std::make_unique<State>()) {}
AeadContext::~AeadContext() = default;

bool AeadContext::supports(std::uint32_t suite) noexcept {
  return suite == kA256Gcm || suite == kA128Gcm;
}

void AeadContext::set_dek(std::span<const std::uint8_t, 32> dek) noexcept {
  std::copy(dek.begin(), dek.end(), state_->dek.writable().begin());
  state_->has_dek = true;
  state_->has_a128gcm = false;
  state_->suite = kNoSuite;
}

void AeadContext::clear() noexcept {
  if (!state_->has_dek) return;
  state_->dek.clear();
  state_->key_a128gcm.clear();
  state_->has_dek = false;
  state_->has_a128gcm = false;
  state_->suite = kNoSuite;
  state_->gcm.forget();
}

bool AeadContext::seal(std::uint32_t suite, Bytes aad, Bytes plaintext,
                       std::uint8_t* out) noexcept {
  if (!supports(suite) || !state_->has_dek) return false;
  const std::span<std::uint8_t, kGcmNonceSize> nonce(out, kGcmNonceSize);
  random_bytes(nonce);
  state_->load(suite);
  return state_->gcm.seal(nonce, aad, plaintext, out + kGcmNonceSize);
}

bool AeadContext::seal_with_nonce(std::uint32_t suite, Bytes nonce, Bytes aad, Bytes plaintext,
                                  std::uint8_t* out) noexcept {
  if (!supports(suite) || !state_->has_dek || nonce.size() != kGcmNonceSize) return false;
  state_->load(suite);
  std::copy(nonce.begin(), nonce.end(), out);
  return state_->gcm.seal(nonce.first<kGcmNonceSize>(), aad, plaintext, out + kGcmNonceSize);
}

bool AeadContext::open(std::uint32_t suite, Bytes aad, Bytes sealed, std::uint8_t* out) noexcept {
  if (!supports(suite) || !state_->has_dek || sealed.size() < kGcmNonceSize + kGcmTagSize)
    return false;
  state_->load(suite);
  return state_->gcm.open(sealed.first<kGcmNonceSize>(), aad, sealed.subspan(kGcmNonceSize), out);
}

bool gcm_seal(std::span<const std::uint8_t, 32> key, Bytes nonce12, Bytes aad, Bytes plaintext,
              std::uint8_t* ciphertext_and_tag) noexcept {
  if (nonce12.size() != kGcmNonceSize) return false;
  Gcm gcm;
  gcm.set_key(key);
  return gcm.seal(nonce12.first<kGcmNonceSize>(), aad, plaintext, ciphertext_and_tag);
}

bool gcm_open(std::span<const std::uint8_t, 32> key, Bytes nonce12, Bytes aad,
              Bytes ciphertext_and_tag, std::uint8_t* out) noexcept {
  if (nonce12.size() != kGcmNonceSize) return false;
  Gcm gcm;
  gcm.set_key(key);
  return gcm.open(nonce12.first<kGcmNonceSize>(), aad, ciphertext_and_tag, out);
}

}  // namespace lethe::kms::crypto
