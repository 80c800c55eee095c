// SPDX-License-Identifier: Apache-2.0
//
// The last line of a backup: how many rows of each kind stand before it, a hash over all of them,
// and the signature of the store, so that a backup that was cut short or changed is told from a
// whole one (docs/formats/backup.md). Values; any thread.

#ifndef LETHE_KMS_BACKUP_MANIFEST_H_
#define LETHE_KMS_BACKUP_MANIFEST_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kms/backup/lines.h"
#include "kms/crypto/digest.h"
#include "kms/journal/signer.h"
#include "lethe/result.h"

namespace lethe::kms::backup {

using Counts = std::array<std::uint64_t, std::variant_size_v<Row>>;  // by alternative

// d_0 = 32 zero bytes, d_i = SHA-256(d_(i-1) ‖ line i ‖ LF).
class LineHash {
 public:
  void add(std::string_view line);
  const crypto::Digest& value() const noexcept { return value_; }

 private:
  crypto::Digest value_{};
};

struct Manifest {
  Counts counts{};
  crypto::Digest hash{};
  std::string signer;  // key name
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

Result<std::string> write_manifest(const Manifest& manifest, const journal::Signer& signer);

struct SignedManifest {
  Manifest manifest;
  std::string signed_part;
  crypto::Signature signature{};
};
// Nothing: no manifest. Its signature is not checked.
std::optional<SignedManifest> read_manifest(std::string_view line);

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_MANIFEST_H_
