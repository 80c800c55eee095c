// SPDX-License-Identifier: Apache-2.0
//
// Two implementations of one function: what one seals the other must have sealed as well, byte for
// byte, at every length of text and of additional data around the borders of blocks and groups.

#include "kms/crypto/gcm.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kms/crypto/gcm_cryptopp.h"

namespace lethe::kms::crypto {
namespace {

using Octets = std::vector<std::uint8_t>;

class Dice {
 public:
  Octets bytes(std::size_t size) {
    Octets bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    return bytes;
  }
  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  std::mt19937 random_{7};
};

struct GcmOfTheProcessor : ::testing::Test {
  void SetUp() override {
    if (!AesniGcm::is_supported()) GTEST_SKIP() << "this processor lacks AES-NI or PCLMULQDQ";
  }
  void set_key(const Octets& key) {
    ours.set_key(key);
    theirs.set_key(key);
  }
  void expect_the_same(const Octets& nonce, const Octets& aad, const Octets& text) {
    const Nonce12 nonce12(nonce.data(), kGcmNonceSize);
    Octets a(text.size() + kGcmTagSize), b(a), opened(text.size(), 0xEE);
    ours.seal(nonce12, aad, text, a.data());
    ASSERT_TRUE(theirs.seal(nonce12, aad, text, b.data()));
    ASSERT_EQ(a, b) << aad.size() << " and " << text.size();
    ASSERT_TRUE(ours.open(nonce12, aad, a, opened.data()));
    ASSERT_EQ(opened, text);
    a[dice.below(a.size())] ^= static_cast<std::uint8_t>(1 + dice.below(255));
    ASSERT_FALSE(ours.open(nonce12, aad, a, opened.data()));
    ASSERT_EQ(opened, Octets(text.size(), 0));
  }

  Dice dice;
  AesniGcm ours;
  CryptoppGcm theirs;
};

TEST_F(GcmOfTheProcessor, AgreesWithCryptoppAtEveryShortLength) {
  for (const std::size_t key_size : {16u, 32u})
    for (std::size_t aad = 0; aad <= 66; ++aad) {
      set_key(dice.bytes(key_size));
      for (std::size_t text = 0; text <= 50; ++text)
        expect_the_same(dice.bytes(12), dice.bytes(aad), dice.bytes(text));
    }
}

TEST_F(GcmOfTheProcessor, AgreesWithCryptoppOnLongMessagesUnderManyKeys) {
  for (int i = 0; i < 300; ++i) {
    set_key(dice.bytes(dice.below(2) == 0 ? 16 : 32));
    expect_the_same(dice.bytes(12), dice.bytes(dice.below(600)), dice.bytes(dice.below(5000)));
  }
}

TEST_F(GcmOfTheProcessor, SealsWhereThePlaintextStands) {
  ours.set_key(dice.bytes(32));
  const Octets nonce = dice.bytes(12), text = dice.bytes(100);
  const Nonce12 nonce12(nonce.data(), kGcmNonceSize);
  Octets apart(text.size() + kGcmTagSize), in_place(text);
  in_place.resize(apart.size());
  ours.seal(nonce12, {}, text, apart.data());
  ours.seal(nonce12, {}, {in_place.data(), text.size()}, in_place.data());
  EXPECT_EQ(in_place, apart);
}

TEST(Gcm, OpensWithEitherImplementationWhatItHasSealed) {
  Dice dice;
  Gcm gcm;
  CryptoppGcm cryptopp;
  const Octets key = dice.bytes(32), nonce = dice.bytes(12), text = dice.bytes(40);
  const Nonce12 nonce12(nonce.data(), kGcmNonceSize);
  gcm.set_key(key);
  cryptopp.set_key(key);
  Octets sealed(text.size() + kGcmTagSize), opened(text.size());
  ASSERT_TRUE(gcm.seal(nonce12, text, text, sealed.data()));
  ASSERT_TRUE(cryptopp.open(nonce12, text, sealed, opened.data()));
  EXPECT_EQ(opened, text);
  gcm.forget();
  EXPECT_FALSE(gcm.open(nonce12, text, sealed, opened.data()));
  EXPECT_FALSE(gcm.open(nonce12, text, Octets(15), opened.data()));
}

TEST(CryptoppGcm, DoesNothingWithoutAKey) {
  CryptoppGcm gcm;
  const Octets nonce(12), text(20);
  Octets sealed(36), opened(20);
  const Nonce12 nonce12(nonce.data(), kGcmNonceSize);
  EXPECT_FALSE(gcm.seal(nonce12, {}, text, sealed.data()));
  gcm.set_key(Octets(16, 1));
  ASSERT_TRUE(gcm.seal(nonce12, {}, text, sealed.data()));
  gcm.forget();
  EXPECT_FALSE(gcm.open(nonce12, {}, sealed, opened.data()));
}

}  // namespace
}  // namespace lethe::kms::crypto
