// SPDX-License-Identifier: Apache-2.0
#include "kms/name_tag.h"

#include <bit>

#include "kms/crypto/random.h"

namespace lethe::kms {
namespace {

static_assert(std::endian::native == std::endian::little, "SipHash reads little-endian words");

struct Sip {
  std::uint64_t v0, v1, v2, v3;

  void round() noexcept {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }

  void compress(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }

  std::uint64_t finish() noexcept {
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

NameTag siphash128(std::uint64_t key_low, std::uint64_t key_high, std::string_view text) noexcept {
  Sip sip{key_low ^ 0x736f6d6570736575, key_high ^ 0x646f72616e646f6d ^ 0xee,
          key_low ^ 0x6c7967656e657261, key_high ^ 0x7465646279746573};
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    sip.compress(word);
  }
  std::uint64_t last = std::uint64_t{text.size()} << 56;
  for (std::size_t i = 0; i < left; ++i)
    last |= std::uint64_t{static_cast<std::uint8_t>(at[i])} << (8 * i);
  sip.compress(last);
  sip.v2 ^= 0xee;
  const std::uint64_t low = sip.finish();
  sip.v1 ^= 0xdd;
  const std::uint64_t high = sip.finish();
  NameTag tag;
  std::memcpy(tag.bytes.data(), &low, 8);
  std::memcpy(tag.bytes.data() + 8, &high, 8);
  return tag;
}

NameTagger::NameTagger()
    : key_(reinterpret_cast<std::uint64_t*>(page_.take(16).data()), std::size_t{2}) {
  std::uint8_t bytes[16];
  crypto::random_bytes(bytes);
  std::memcpy(key_.data(), bytes, sizeof bytes);
  crypto::wipe(bytes, sizeof bytes);
}

}  // namespace lethe::kms
