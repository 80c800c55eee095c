// SPDX-License-Identifier: Apache-2.0
//
// Known answers: RFC 8032, section 7.1.
#include "kms/crypto/ed25519.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/hex.h"

namespace lethe::kms::crypto {
namespace {

using Bytes = std::vector<std::uint8_t>;

template <std::size_t N>
std::array<std::uint8_t, N> fixed(std::string_view hex) {
  const Bytes bytes = test::unhex(hex);
  std::array<std::uint8_t, N> out{};
  EXPECT_EQ(bytes.size(), N);
  std::copy_n(bytes.begin(), N, out.begin());
  return out;
}

struct Known {
  std::string_view seed, key, message, signature;
};

constexpr Known kKnown[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}};

TEST(Ed25519, GivesTheAnswersOfTheStandard) {
  for (const Known& known : kKnown) {
    const auto seed = fixed<32>(known.seed);
    const Bytes message = test::unhex(known.message);
    EXPECT_EQ(ed25519_public_key(seed), fixed<32>(known.key));
    EXPECT_EQ(ed25519_sign(seed, message), fixed<64>(known.signature));
    EXPECT_TRUE(ed25519_verify(fixed<32>(known.key), message, fixed<64>(known.signature)));
  }
}

TEST(Ed25519, RefusesEveryFlippedBitOfASignature) {
  const auto key = fixed<32>(kKnown[2].key);
  const Bytes message = test::unhex(kKnown[2].message);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto signature = fixed<64>(kKnown[2].signature);
    signature[bit / 8] = static_cast<std::uint8_t>(signature[bit / 8] ^ 1u << bit % 8);
    EXPECT_FALSE(ed25519_verify(key, message, signature)) << bit;
  }
}

TEST(Ed25519, RefusesTheSecondSpellingOfASignature) {
  const auto order = fixed<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  auto signature = fixed<64>(kKnown[1].signature);
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += signature[32 + i] + unsigned{order[i]};
    signature[32 + i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0u);
  EXPECT_FALSE(ed25519_verify(fixed<32>(kKnown[1].key), test::unhex(kKnown[1].message), signature));
}

}  // namespace
}  // namespace lethe::kms::crypto
