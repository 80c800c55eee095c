// SPDX-License-Identifier: Apache-2.0
//
// Who signs checkpoints and certificates, as C2SP signed notes know it: a key name and an Ed25519
// key. The name says which store it is, the key's hash tells keys of one name apart. VerifierKey is
// the public half, in the text that an auditor is given. Immutable: thread-safe.

#ifndef LETHE_KMS_JOURNAL_SIGNER_H_
#define LETHE_KMS_JOURNAL_SIGNER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kms/crypto/ed25519.h"

namespace lethe::kms::journal {

using KeyHash = std::array<std::uint8_t, 4>;

struct VerifierKey {
  std::string name;
  crypto::PublicKey key{};

  KeyHash hash() const;
  // name+hex(hash)+base64(01 ‖ key).
  std::string text() const;
  // Nothing: not of that form, or the hash does not fit.
  static std::optional<VerifierKey> parse(std::string_view text);

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

// UTF-8, not empty, without space, control character or plus sign.
bool is_key_name(std::string_view text);

// lethe/TENANT/STORE: the tenant with everything but A-Z a-z 0-9 . _ ~ - as %XX, and the first
// eight digits of the store's id.
std::string key_name(std::string_view tenant, std::string_view store_id);

class Signer {
 public:
  // The seed is borrowed: it outlives this object.
  Signer(std::string name, std::span<const std::uint8_t, 32> seed);

  const VerifierKey& verifier_key() const noexcept { return key_; }
  const std::string& name() const noexcept { return key_.name; }
  crypto::Signature sign(std::string_view text) const;

 private:
  std::span<const std::uint8_t, 32> seed_;
  VerifierKey key_;
};

bool verify(const VerifierKey& key, std::string_view text, const crypto::Signature& signature);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_SIGNER_H_
