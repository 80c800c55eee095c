// SPDX-License-Identifier: Apache-2.0
//
// The working place of a thread: a sealing and an opening GCM object, each of which remembers for
// which suite it holds the key of the current DEK.

#include "kms/crypto/aead.h"

#include <array>

#include "kms/crypto/digest.h"
#include "kms/crypto/gcm.h"
#include "kms/crypto/random.h"
#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {
namespace {

constexpr std::uint32_t kNoSuite = 0;

// Crypto++ throws; callers of this folder get false. What it threw may quote nothing of ours.
template <class Call>
bool without_exceptions(Call&& call) noexcept {
  try {
    return call();
  } catch (const CryptoPP::Exception&) {
    return false;
  }
}

}  // namespace

struct AeadContext::State {
  template <class Gcm>
  struct Direction {
    Gcm gcm;
    std::uint32_t suite = kNoSuite;  // whose key is loaded

    void start(State& state, std::uint32_t wanted, Nonce12 nonce) {
      if (suite == wanted) {
        gcm.start(nonce);
        return;
      }
      suite = kNoSuite;
      gcm.start(state.suite_key(wanted), nonce);
      suite = wanted;
    }
  };

  Key dek;
  Secret<16> key_a128gcm;  // suite 5's, derived once per DEK
  bool has_dek = false;
  bool has_a128gcm = false;
  Direction<GcmSealer> sealing;
  Direction<GcmOpener> opening;

  std::span<const std::uint8_t> suite_key(std::uint32_t suite) {
    if (suite == kA256Gcm) return dek.bytes();
    if (!has_a128gcm) {
      static constexpr char kLabel[] = "EV1 a128gcm";  // with its zero byte
      hkdf_expand(dek.bytes(), {{reinterpret_cast<const std::uint8_t*>(kLabel), sizeof(kLabel)}},
                  key_a128gcm.writable());
      has_a128gcm = true;
    }
    return key_a128gcm.bytes();
  }
};

AeadContext::AeadContext() : state_(std::make_unique<State>()) {}
AeadContext::~AeadContext() = default;

bool AeadContext::supports(std::uint32_t suite) noexcept {
  return suite == kA256Gcm || suite == kA128Gcm;
}

void AeadContext::set_dek(std::span<const std::uint8_t, 32> dek) noexcept {
  if (state_->has_dek && equal(state_->dek.bytes(), dek)) return;
  state_->dek = Key(dek);
  state_->has_dek = true;
  state_->has_a128gcm = false;
  state_->sealing.suite = kNoSuite;
  state_->opening.suite = kNoSuite;
}

void AeadContext::clear() noexcept {
  if (!state_->has_dek) return;
  state_->dek.clear();
  state_->key_a128gcm.clear();
  state_->has_dek = false;
  state_->has_a128gcm = false;
  state_->sealing.suite = kNoSuite;
  state_->opening.suite = kNoSuite;
  static_cast<void>(without_exceptions([&] {
    state_->sealing.gcm.forget();
    state_->opening.gcm.forget();
    return true;
  }));
}

bool AeadContext::seal(std::uint32_t suite, Bytes aad, Bytes plaintext,
                       std::uint8_t* out) noexcept {
  std::array<std::uint8_t, kGcmNonceSize> nonce;
  random_bytes(nonce);
  return seal_with_nonce(suite, nonce, aad, plaintext, out);
}

bool AeadContext::seal_with_nonce(std::uint32_t suite, Bytes nonce, Bytes aad, Bytes plaintext,
                                  std::uint8_t* out) noexcept {
  if (!supports(suite) || !state_->has_dek || nonce.size() != kGcmNonceSize) return false;
  return without_exceptions([&] {
    state_->sealing.start(*state_, suite, nonce.first<kGcmNonceSize>());
    std::copy(nonce.begin(), nonce.end(), out);
    state_->sealing.gcm.seal(aad, plaintext, out + kGcmNonceSize);
    return true;
  });
}

bool AeadContext::open(std::uint32_t suite, Bytes aad, Bytes sealed, std::uint8_t* out) noexcept {
  if (!supports(suite) || !state_->has_dek || sealed.size() < kGcmNonceSize + kGcmTagSize)
    return false;
  return without_exceptions([&] {
    state_->opening.start(*state_, suite, sealed.first<kGcmNonceSize>());
    return state_->opening.gcm.open(aad, sealed.subspan(kGcmNonceSize), out);
  });
}

bool gcm_seal(std::span<const std::uint8_t, 32> key, Bytes nonce12, Bytes aad, Bytes plaintext,
              std::uint8_t* ciphertext_and_tag) noexcept {
  if (nonce12.size() != kGcmNonceSize) return false;
  return without_exceptions([&] {
    GcmSealer gcm;
    gcm.start(key, nonce12.first<kGcmNonceSize>());
    gcm.seal(aad, plaintext, ciphertext_and_tag);
    return true;
  });
}

bool gcm_open(std::span<const std::uint8_t, 32> key, Bytes nonce12, Bytes aad,
              Bytes ciphertext_and_tag, std::uint8_t* out) noexcept {
  if (nonce12.size() != kGcmNonceSize) return false;
  return without_exceptions([&] {
    GcmOpener gcm;
    gcm.start(key, nonce12.first<kGcmNonceSize>());
    return gcm.open(aad, ciphertext_and_tag, out);
  });
}

}  // namespace lethe::kms::crypto
