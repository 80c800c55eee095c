// SPDX-License-Identifier: Apache-2.0
//
// The additional authenticated data of a sealed value (specification, section 4): it binds the
// value to the place the profile names. Rebuilt by every reader from its own context, never stored.
// Functions without state; any thread.

#ifndef LETHE_FIELDS_AAD_H_
#define LETHE_FIELDS_AAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

enum class AadProfile : std::uint8_t {
  kHeader = 0,     // swapping suite, flags or key
  kField = 1,      // + tenant, path: moving a value to another field (default)
  kDataset = 2,    // + dataset: replay into another stream
  kRecordKey = 3,  // + record key: replay into another record
  kTenant = 4,     // tenant alone
};

enum class RecordKey : std::uint8_t {
  kNotGiven,  // the context does not know; profile 3 is then impossible
  kAbsent,    // a record without key
  kPresent,
};

// Borrowed. Empty text: not given.
struct AadContext {
  std::string_view tenant;   // 1-255 bytes of UTF-8 without U+0000, like dataset
  std::string_view dataset;  // logical name of the stream
  std::string_view path;     // as encode_path wrote it
  std::string_view subject;  // 1-1024 bytes; for shared keys
  RecordKey record_key = RecordKey::kNotGiven;
  std::array<std::uint8_t, 32> record_key_sha256{};
};

// What every AAD begins with, before the header and the items.
inline constexpr std::string_view kAadLabel("EV1\0", 4);

// Step 9: the context has what profile and flags bind, within its limits (kInvalidArgument).
SealedError check_context(const Header& header, const AadContext& context) noexcept;

// Only for a context that has passed check_context.
std::size_t aad_size(const Header& header, const AadContext& context) noexcept;
// Writes aad_size() bytes and returns the end.
std::uint8_t* write_aad(const Header& header, const AadContext& context,
                        std::uint8_t* out) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_AAD_H_
