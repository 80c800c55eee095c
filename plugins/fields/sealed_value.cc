// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/sealed_value.h"

#include <algorithm>

#include "plugins/fields/sealed_parts.h"

namespace lethe::fields {

void write_header(const Header& header, std::uint8_t* out) noexcept {
  out[0] = kVersion1;
  out[1] = header.suite;
  out[2] = header.flags;
  out[3] = header.profile;
  std::copy(header.dek_id.begin(), header.dek_id.end(), out + 4);
}

SealedError check_header(const Header& header) noexcept {
  const Suite* suite = find_suite(header.suite);
  if (suite == nullptr || (header.flags & ~(kPaddedFlag | kSharedFlag)) != 0 ||
      header.profile > kMaxProfile || (header.shared() && !suite->shared_allowed))
    return SealedError::kUnsupported;
  return SealedError::kNone;
}

SealedError check_parts(const Header& header, const PartSizes& sizes) noexcept {
  const SealedError error = check_header(header);
  if (error != SealedError::kNone) return error;
  const bool sound = header.dek_id != decltype(header.dek_id){} &&
                     sizes.nonce == find_suite(header.suite)->nonce_size && sizes.tag == kTagSize &&
                     sizes.ciphertext >= 1;
  return sound ? SealedError::kNone : SealedError::kMalformed;
}

std::uint32_t AcceptList::bits(std::span<const std::uint8_t> numbers) noexcept {
  std::uint32_t set = 0;
  for (const std::uint8_t number : numbers)
    if (number < 32) set |= 1u << number;
  return set;
}

SealedError AcceptList::check(const Header& header) const noexcept {
  const bool accepted =
      (suites_ >> header.suite & 1u) != 0 && (profiles_ >> header.profile & 1u) != 0;
  return accepted ? SealedError::kNone : SealedError::kNotAccepted;
}

}  // namespace lethe::fields
