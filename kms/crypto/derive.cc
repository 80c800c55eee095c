// SPDX-License-Identifier: Apache-2.0
//
// The derivations of the specification, each with its own label so that no two can meet.

#include "kms/crypto/derive.h"

#include <algorithm>
#include <cstring>

#include "kms/crypto/digest.h"

namespace lethe::kms::crypto {
namespace {

std::span<const std::uint8_t> bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A label with the zero byte that ends its literal.
template <std::size_t N>
std::span<const std::uint8_t> label(const char (&text)[N]) noexcept {
  return bytes({text, N});
}

std::array<std::uint8_t, 2> u16(std::size_t value) noexcept {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

}  // namespace

Id16 dek_id(std::span<const std::uint8_t, 32> dek, std::string_view tenant) noexcept {
  Id16 id;
  hkdf_expand(dek, {label("EV1 dek-id"), bytes(tenant)}, id);
  return id;
}

Id16 subject_hash(std::span<const std::uint8_t, 32> tenant_secret, std::string_view tenant,
                  std::string_view subject) noexcept {
  const auto length = u16(tenant.size());
  const Digest digest =
      hmac_sha256(tenant_secret, {label("EV1 subject"), length, bytes(tenant), bytes(subject)});
  Id16 hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

std::uint32_t bucket_of(const Id16& subject_hash, std::uint32_t buckets) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | subject_hash[i];
  return static_cast<std::uint32_t>(number % std::max(buckets, 1u));
}

std::array<std::uint8_t, 32> subject_commit(std::span<const std::uint8_t, 32> salt,
                                            std::string_view tenant,
                                            std::string_view subject) noexcept {
  const auto length = u16(tenant.size());
  return hmac_sha256(salt, {label("EV1 subject-commit"), length, bytes(tenant), bytes(subject)});
}

}  // namespace lethe::kms::crypto
