// SPDX-License-Identifier: Apache-2.0
//
// The compact carrier, and text, which is compact in base64url behind a prefix.

#include <algorithm>

#include "plugins/fields/base64.h"
#include "plugins/fields/sealed_parts.h"

namespace lethe::fields {
namespace {

// Steps 4 to 6 of bytes that begin with E1.
SealedError read_version1(ByteView compact, SealedValue& value) noexcept {
  if (compact.size() < kHeaderSize) return SealedError::kMalformed;
  Header& header = value.header;
  header.suite = compact[1];
  header.flags = compact[2];
  header.profile = compact[3];
  std::copy_n(compact.begin() + 4, header.dek_id.size(), header.dek_id.begin());
  const Suite* suite = find_suite(header.suite);
  const std::size_t nonce = suite == nullptr ? 0 : suite->nonce_size;
  const std::size_t rest = compact.size() - kHeaderSize;
  const std::size_t around = nonce + kTagSize;
  value.compact = compact;
  return check_parts(header, {nonce, rest > around ? rest - around : 0, kTagSize});
}

bool is_family(std::uint8_t first) noexcept {
  return first >> 4 == 0xE;
}

}  // namespace

SealedError read_compact(ByteView bytes, const Limits& limits, SealedValue& value) noexcept {
  if (bytes.empty() || !is_family(bytes[0])) return SealedError::kNotEncrypted;
  if (bytes.size() > limits.compact()) return SealedError::kTooLarge;
  if (bytes[0] != kVersion1) return SealedError::kUnsupported;
  return read_version1(bytes, value);
}

SealedError read_text(std::string_view text, const Limits& limits, std::uint8_t* buffer,
                      SealedValue& value) noexcept {
  if (!text.starts_with(kTextPrefix)) return SealedError::kNotEncrypted;
  if (text.size() > limits.text()) return SealedError::kTooLarge;
  text.remove_prefix(kTextPrefix.size());
  if (!decode_base64(text, buffer)) return SealedError::kMalformed;
  const ByteView compact(buffer, base64_decoded_size(text.size()));
  // Behind the prefix, anything but a sealed value is damage, not plain text.
  if (compact.empty() || !is_family(compact[0])) return SealedError::kMalformed;
  if (compact[0] != kVersion1) return SealedError::kUnsupported;
  return read_version1(compact, value);
}

std::size_t text_size(std::size_t compact_size) noexcept {
  return kTextPrefix.size() + base64_size(compact_size);
}

char* write_text(ByteView compact, char* out) noexcept {
  return encode_base64(compact, std::copy(kTextPrefix.begin(), kTextPrefix.end(), out));
}

}  // namespace lethe::fields
