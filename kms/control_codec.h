// SPDX-License-Identifier: Apache-2.0
//
// The bytes of control rows that the specification leaves to us: docs/formats/control.md. Sealing
// under an epoch's seal key with the additional data that binds tenant, epoch and kind, the KEK
// table, and the canonical texts of keys. Values without state; any thread.

#ifndef LETHE_KMS_CONTROL_CODEC_H_
#define LETHE_KMS_CONTROL_CODEC_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/crypto/secret.h"

namespace lethe::kms::control {

// Kinds, as the additional data names them.
inline constexpr std::string_view kSealKey = "seal-key";
inline constexpr std::string_view kKekTable = "kek-table";
inline constexpr std::string_view kTenantSecret = "tenant-secret";
inline constexpr std::string_view kSigningKey = "signing-key";

// "EV1 control\0" ‖ u16 length ‖ tenant ‖ u64 epoch ‖ kind.
std::string aad(std::string_view tenant, std::uint64_t epoch, std::string_view kind);

// nonce ‖ ciphertext ‖ tag, AES-256-GCM.
std::string seal_with_nonce(const crypto::Key& seal_key, std::span<const std::uint8_t, 12> nonce,
                            std::string_view additional, std::span<const std::uint8_t> plaintext);
std::string seal(const crypto::Key& seal_key, std::string_view additional,
                 std::span<const std::uint8_t> plaintext);

// Sealed bytes of a known size, opened into `plaintext`, which is wiped on failure.
bool open(const crypto::Key& seal_key, std::string_view additional, std::string_view sealed,
          std::span<std::uint8_t> plaintext);
// The size that open() needs; 0: too short to be sealed bytes.
std::size_t plaintext_size(std::string_view sealed);

// One entry of the KEK table as bytes: u32 bucket ‖ u64 generation ‖ 32 bytes. The table is
// u32 count ‖ entries.
struct KekNumber {
  std::uint32_t bucket = 0;
  std::uint64_t generation = 0;
};
inline constexpr std::size_t kKekEntrySize = 44;
void put_kek(std::span<std::uint8_t, kKekEntrySize> out, KekNumber number,
             std::span<const std::uint8_t, 32> kek);

// A table being read: nothing if its size and count do not agree.
std::optional<std::uint32_t> kek_count(std::span<const std::uint8_t> table);
KekNumber kek_number(std::span<const std::uint8_t> table, std::uint32_t at);
std::span<const std::uint8_t, 32> kek_bytes(std::span<const std::uint8_t> table, std::uint32_t at);

// Canonical keys: {"control":"store"} and {"control":KIND,"epoch":e}.
std::string store_key();
std::string epoch_key(std::string_view kind, std::uint64_t epoch);
inline constexpr std::string_view kEpoch = "epoch";

}  // namespace lethe::kms::control

#endif  // LETHE_KMS_CONTROL_CODEC_H_
