// SPDX-License-Identifier: Apache-2.0
//
// The EDEK record: a data key wrapped under its bucket's KEK, in the one encoding that every store
// keeps (specification, section 10). The record begins with its own AAD, so each identifying column
// is authenticated; created_at and created_by are not. Errors carry the specification's names and
// come in its order, because "shredded" may be said only where the order allows it. Values without
// state; any thread.

#ifndef LETHE_KMS_CRYPTO_EDEK_H_
#define LETHE_KMS_CRYPTO_EDEK_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kms/crypto/derive.h"
#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {

enum class EdekError : std::uint8_t {
  kNone,
  kInvalidArgument,  // wrapping: a field outside its limits, or a DEK that is not of this id
  kMalformed,
  kUnsupported,
  kKeyMismatch,  // filed under another row, or the key does not fit its id
  kKeyUnknown,   // ahead of our view of the fence, or its KEK is not at hand
  kKeyShredded,  // below the subject's current fence version
  kAuthFailed,
};

// "MALFORMED", "KEY_SHREDDED" ... as the specification spells them; "OK" for kNone.
std::string_view name(EdekError error) noexcept;

inline constexpr std::uint8_t kDataKey = 1;   // purpose
inline constexpr std::uint8_t kIndexKey = 2;  // purpose; suite 0

struct EdekRecord {
  std::uint8_t purpose = kDataKey;
  std::uint8_t suite = 1;  // 1, 2, 4-10 for a data key
  std::uint32_t bucket = 0;
  std::uint64_t kek_gen = 0;
  std::uint64_t fence_ver = 0;
  std::uint32_t rotation_no = 0;
  std::uint64_t origin = 0;
  Id16 dek_id{};
  Id16 subject_hash{};
  std::string tenant;         // 1-255 bytes of UTF-8 without U+0000
  std::optional<Id16> token;  // random stand-in for the subject id
  std::array<std::uint8_t, 12> nonce{};
  std::array<std::uint8_t, 48> wrapped{};
  std::uint64_t created_at_ms = 0;  // since 1970; not authenticated
  std::string created_by;           // at most 255 bytes of UTF-8; not authenticated

  friend bool operator==(const EdekRecord&, const EdekRecord&) = default;
};

// The bytes up to and including the token: what the wrap authenticates.
std::string edek_aad(const EdekRecord& record);
// The whole record. The fields must be within their limits (they are after parse or wrap).
std::string encode_edek(const EdekRecord& record);
// kMalformed or kUnsupported, or the record in `record`.
[[nodiscard]] EdekError parse_edek(std::span<const std::uint8_t> bytes, EdekRecord& record);

// Fills in nonce and wrapped. The DEK must have the record's id in the record's tenant.
[[nodiscard]] EdekError wrap_edek(EdekRecord& record, std::span<const std::uint8_t, 32> kek,
                                  std::span<const std::uint8_t, 12> nonce,
                                  std::span<const std::uint8_t, 32> dek);
// The same with a fresh random nonce: what writers use.
[[nodiscard]] EdekError wrap_edek(EdekRecord& record, std::span<const std::uint8_t, 32> kek,
                                  std::span<const std::uint8_t, 32> dek);

// The row under which a record was found, and the subject's current fence version.
struct EdekRow {
  std::string_view tenant;
  Id16 subject_hash{};
  Id16 dek_id{};
  std::uint64_t fence_ver = 0;
};

// Steps 2 to 6 of unwrapping. kek: that of (record.bucket, record.kek_gen), or none if it is not at
// hand. dek holds the key only if kNone is returned, and is wiped otherwise.
[[nodiscard]] EdekError unwrap_edek(const EdekRecord& record, const EdekRow& row,
                                    std::optional<std::span<const std::uint8_t, 32>> kek, Key& dek);

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_EDEK_H_
