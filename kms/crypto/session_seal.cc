// SPDX-License-Identifier: Apache-2.0
//
// A counter is a safe GCM nonce here because key and counter are born and die together.

#include "kms/crypto/session_seal.h"

#include <algorithm>

#include "kms/crypto/gcm.h"
#include "kms/crypto/random.h"

namespace lethe::kms::crypto {
namespace {

constexpr std::size_t kCounterSize = 8;

// The stored counter, after four zero bytes.
std::array<std::uint8_t, kGcmNonceSize> nonce_of(const std::uint8_t* counter) {
  std::array<std::uint8_t, kGcmNonceSize> nonce{};
  std::copy_n(counter, kCounterSize, nonce.begin() + 4);
  return nonce;
}

}  // namespace

// Keyed once.
struct SessionSealContext::State {
  Gcm gcm;
};

SessionSealContext::SessionSealContext(const SessionSeal& seal)
    : state_(std::make_unique<State>()) {
  state_->gcm.set_key(seal.key_);
}
SessionSealContext::~SessionSealContext() = default;
SessionSealContext::SessionSealContext(SessionSealContext&&) noexcept = default;

SessionSeal::SessionSeal() : key_(page_.take(32).first<32>()) {
  random_bytes(key_);
}

bool SessionSeal::seal(SessionSealContext& context, std::span<const std::uint8_t, 32> key,
                       SessionSealedKey& sealed) noexcept {
  const std::uint64_t counter = next_nonce_.fetch_add(1, std::memory_order_relaxed);
  SessionSealedKey result;
  for (std::size_t i = 0; i < kCounterSize; ++i)
    result[i] = static_cast<std::uint8_t>(counter >> (8 * (kCounterSize - 1 - i)));
  if (!context.state_->gcm.seal(nonce_of(result.data()), {}, key, result.data() + kCounterSize))
    return false;
  sealed = result;
  return true;
}

bool SessionSeal::open(SessionSealContext& context, const SessionSealedKey& sealed,
                       Key& key) const noexcept {
  return context.state_->gcm.open(nonce_of(sealed.data()), {},
                                  std::span(sealed).subspan(kCounterSize), key.writable().data());
}

}  // namespace lethe::kms::crypto
