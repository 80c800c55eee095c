// SPDX-License-Identifier: Apache-2.0
//
// Short words for tests that use a KeySession: seal a text under a name, open it again.

#ifndef LETHE_TESTS_SUPPORT_KMS_SESSIONS_H_
#define LETHE_TESTS_SUPPORT_KMS_SESSIONS_H_

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kms/key_ring.h"
#include "kms/store/rows.h"
#include "lethe/suites.h"

namespace lethe::kms {

inline lethe_view view_of(std::string_view text) {
  return {text.data(), text.size()};
}

inline lethe_sealing_key sealing_key(std::string_view name, std::uint32_t suite = kA256Gcm) {
  lethe_sealing_key key{};
  key.struct_size = sizeof key;
  key.suite = suite;
  key.name = view_of(name);
  return key;
}

inline lethe_opening_key opening_key(const store::DekId& id) {
  lethe_opening_key key{};
  key.struct_size = sizeof key;
  std::memcpy(key.dek_id, id.bytes.data(), sizeof key.dek_id);
  return key;
}

inline store::DekId id_of(const lethe_sealing_key& key) {
  store::DekId id;
  std::memcpy(id.bytes.data(), key.dek_id, sizeof key.dek_id);
  return id;
}

struct SealedText {
  std::int32_t state = LETHE_KEY_UNKNOWN;  // of the key
  std::int32_t crypto = LETHE_CRYPTO_UNSUPPORTED;
  std::uint32_t suite = 0;
  store::DekId dek_id;
  std::string bytes;
};

inline std::int32_t seal_with(KeySession& session, std::uint64_t handle, std::uint32_t suite,
                              std::string_view plaintext, std::string& out) {
  out.assign(plaintext.size() + kMaxNonceSize + kTagSize, '\0');
  lethe_seal_item item{};
  item.struct_size = sizeof item;
  item.suite = suite;
  item.handle = handle;
  item.aad = view_of("aad");
  item.plaintext = view_of(plaintext);
  item.out = reinterpret_cast<std::uint8_t*>(out.data());
  session.seal({&item, 1});
  if (const Suite* known = find_suite(suite))
    out.resize(known->nonce_size + plaintext.size() + known->tag_size);
  return item.state;
}

inline std::int32_t open_with(KeySession& session, std::uint64_t handle, std::uint32_t suite,
                              std::string_view sealed, std::string& out) {
  out.assign(sealed.size(), '\xAA');
  lethe_open_item item{};
  item.struct_size = sizeof item;
  item.suite = suite;
  item.handle = handle;
  item.aad = view_of("aad");
  item.sealed = view_of(sealed);
  item.out = reinterpret_cast<std::uint8_t*>(out.data());
  session.open({&item, 1});
  if (item.state == LETHE_CRYPTO_OK)
    out.resize(sealed.size() - find_suite(suite)->nonce_size - find_suite(suite)->tag_size);
  return item.state;
}

// The text sealed under that name's key; state says why not.
inline SealedText seal_text(KeySession& session, std::string_view name, std::string_view text,
                            ErasedPolicy policy = ErasedPolicy::kBlock,
                            std::uint32_t suite = kA256Gcm) {
  SealedText sealed;
  lethe_sealing_key key = sealing_key(name, suite);
  if (!session.for_sealing({&key, 1}, policy)) return sealed;
  sealed.state = key.state;
  sealed.suite = suite;
  sealed.dek_id = id_of(key);
  if (key.state == LETHE_KEY_AVAILABLE)
    sealed.crypto = seal_with(session, key.handle, suite, text, sealed.bytes);
  return sealed;
}

// The state of a key by its id.
inline std::int32_t opening_state(KeySession& session, const store::DekId& id) {
  lethe_opening_key key = opening_key(id);
  return session.for_opening({&key, 1}) ? key.state : -1;
}

// The plaintext; nothing if the key is not available or does not open it.
inline std::optional<std::string> open_text(KeySession& session, const SealedText& sealed) {
  lethe_opening_key key = opening_key(sealed.dek_id);
  if (!session.for_opening({&key, 1}) || key.state != LETHE_KEY_AVAILABLE) return std::nullopt;
  std::string plaintext;
  if (open_with(session, key.handle, sealed.suite, sealed.bytes, plaintext) != LETHE_CRYPTO_OK)
    return std::nullopt;
  return plaintext;
}

}  // namespace lethe::kms

#endif  // LETHE_TESTS_SUPPORT_KMS_SESSIONS_H_
