// SPDX-License-Identifier: Apache-2.0
//
// The use of keys, as plugins see it through the key service of the ABI: find the keys of a batch,
// seal and open with them. No key byte passes this interface. KeyRing is thread-safe and lives as
// long as the worker; a KeySession belongs to one plugin instance (or command) and one thread, and
// holds the keys of its current batch, sealed under the worker's session key. The structs are those
// of lethe/abi.h, so that nothing is translated on the way of a record.

#ifndef LETHE_KMS_KEY_RING_H_
#define LETHE_KMS_KEY_RING_H_

#include <memory>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/result.h"
#include "lethe/strided.h"

namespace lethe::kms {

// What a new record of an erased subject meets (LETHE_ERASED_*); a fence's own policy wins.
enum class ErasedPolicy : std::int32_t { kBlock = 0, kRecreate = 1, kDrop = 2 };

class KeySession {
 public:
  virtual ~KeySession() = default;

  // Answers handle, state and dek_id of each name's active data key for its suite, creating keys
  // that are missing: durable before it returns. First looks whether the store has changed (an
  // erasure by another process is seen here). Fails as a whole (transient) only if the store or the
  // KMS is away; then no answer is valid.
  virtual Result<void> for_sealing(Strided<lethe_sealing_key> keys, ErasedPolicy on_erased) = 0;

  // Answers handle and state of each DEK id. An id that is unknown is looked up once more in the
  // store, then remembered as unknown for a while, so that invented ids cost little.
  virtual Result<void> for_opening(Strided<lethe_opening_key> keys) = 0;

  // Cryptography with handles of the latest for_sealing or for_opening call. A stale handle, a
  // suite that is not the key's own (suite 3 may stand beside it) or a failed authentication ends
  // in item.state, never in a partial output.
  virtual void seal(Strided<lethe_seal_item> items) = 0;
  virtual void open(Strided<lethe_open_item> items) = 0;

  // Whether what was made with the keys of all calls since the last confirm() may still leave: the
  // lease has not run out, and none of these keys was erased meanwhile. transient otherwise: apply
  // the batch again, from its originals.
  virtual Result<void> confirm() = 0;

  // SHA-256 of bytes, 32 bytes to out; plugins bind record keys with it.
  virtual void sha256(lethe_view bytes, std::uint8_t* out) = 0;
};

class KeyRing {
 public:
  virtual ~KeyRing() = default;
  virtual std::unique_ptr<KeySession> session() = 0;
  virtual std::string_view tenant() const = 0;
};

// Key names that begin like this belong to the worker itself (the tenant's dead-letter key). A
// session answers LETHE_KEY_INVALID for them unless it was made by internal_session().
inline constexpr std::string_view kReservedNamePrefix = "lethe-internal:";
inline constexpr std::string_view kDeadLetterKeyName = "lethe-internal:dead-letters";

}  // namespace lethe::kms

#endif  // LETHE_KMS_KEY_RING_H_
