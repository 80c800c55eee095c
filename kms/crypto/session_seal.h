// SPDX-License-Identifier: Apache-2.0
//
// Keys at rest inside this process. The key cache holds a great many data keys; each is kept sealed
// under one random session key, so that a heap dump, a swapped page or a stray read of the cache
// shows none of them. The session key itself lives in a locked page and dies with the process.
//
// SessionSeal is thread-safe and lives as long as the worker. A SessionSealContext holds the key
// schedule, belongs to one thread (each KeySession owns one) and must not outlive its SessionSeal.

#ifndef LETHE_KMS_CRYPTO_SESSION_SEAL_H_
#define LETHE_KMS_CRYPTO_SESSION_SEAL_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {

// nonce 8 (a counter, unique in this process) ‖ ciphertext 32 ‖ tag 16, AES-256-GCM.
using SessionSealedKey = std::array<std::uint8_t, 56>;

class SessionSeal;

class SessionSealContext {
 public:
  explicit SessionSealContext(const SessionSeal& seal);
  ~SessionSealContext();
  SessionSealContext(SessionSealContext&&) noexcept;
  SessionSealContext(const SessionSealContext&) = delete;
  SessionSealContext& operator=(const SessionSealContext&) = delete;

 private:
  friend class SessionSeal;
  struct State;
  std::unique_ptr<State> state_;
};

class SessionSeal {
 public:
  SessionSeal();  // draws the session key
  SessionSeal(const SessionSeal&) = delete;
  SessionSeal& operator=(const SessionSeal&) = delete;

  // `sealed` is left alone when false is returned: the library failed, which is a bug.
  [[nodiscard]] bool seal(SessionSealContext& context, std::span<const std::uint8_t, 32> key,
                          SessionSealedKey& sealed) noexcept;
  // False: not sealed by this object, or changed since; `key` is then all zero.
  [[nodiscard]] bool open(SessionSealContext& context, const SessionSealedKey& sealed,
                          Key& key) const noexcept;

  // Whether the session key's page could be locked into memory.
  bool locked() const noexcept { return page_.locked(); }

 private:
  friend class SessionSealContext;
  SecretPage page_;
  std::span<std::uint8_t, 32> key_;
  std::atomic<std::uint64_t> next_nonce_{0};
};

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_SESSION_SEAL_H_
