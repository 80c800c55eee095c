// SPDX-License-Identifier: Apache-2.0

#include "kms/crypto/session_seal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "kms/crypto/digest.h"
#include "kms/crypto/random.h"

namespace lethe::kms::crypto {
namespace {

Key random_key() {
  Key key;
  random_bytes(key.writable());
  return key;
}

TEST(SessionSeal, OpensWhatItSealed) {
  SessionSeal seal;
  SessionSealContext context(seal);
  const Key key = random_key();
  SessionSealedKey sealed;
  ASSERT_TRUE(seal.seal(context, key.bytes(), sealed));
  Key opened;
  ASSERT_TRUE(seal.open(context, sealed, opened));
  EXPECT_TRUE(equal(opened.bytes(), key.bytes()));
}

TEST(SessionSeal, RefusesAKeyWithAnyBitChangedAndGivesZeros) {
  SessionSeal seal;
  SessionSealContext context(seal);
  SessionSealedKey sealed;
  ASSERT_TRUE(seal.seal(context, random_key().bytes(), sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    SessionSealedKey changed = sealed;
    changed[i] ^= 0x10;
    Key opened = random_key();
    EXPECT_FALSE(seal.open(context, changed, opened)) << i;
    EXPECT_TRUE(equal(opened.bytes(), Key().bytes())) << i;
  }
}

TEST(SessionSeal, RefusesAKeyOfAnotherSession) {
  SessionSeal seal, other;
  SessionSealContext context(seal), other_context(other);
  SessionSealedKey sealed;
  ASSERT_TRUE(seal.seal(context, random_key().bytes(), sealed));
  Key opened;
  EXPECT_FALSE(other.open(other_context, sealed, opened));
}

TEST(SessionSeal, GivesThreadsNoncesThatNeverMeet) {
  SessionSeal seal;
  const Key key = random_key();
  std::vector<std::vector<SessionSealedKey>> sealed(4);
  std::vector<std::thread> threads;
  for (auto& mine : sealed)
    threads.emplace_back([&seal, &key, &mine] {
      SessionSealContext context(seal);
      mine.resize(1000);
      for (SessionSealedKey& one : mine)
        if (!seal.seal(context, key.bytes(), one)) std::abort();
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::vector<std::uint8_t>> nonces;
  SessionSealContext context(seal);
  for (const auto& list : sealed)
    for (const SessionSealedKey& one : list) {
      EXPECT_TRUE(nonces.insert({one.begin(), one.begin() + 8}).second);
      Key opened;
      EXPECT_TRUE(seal.open(context, one, opened));
      EXPECT_TRUE(equal(opened.bytes(), key.bytes()));
    }
}

TEST(SessionSeal, KeepsTheKeyOutOfTheSealedForm) {
  SessionSeal seal;
  SessionSealContext context(seal);
  const Key key = random_key();
  SessionSealedKey sealed;
  ASSERT_TRUE(seal.seal(context, key.bytes(), sealed));
  const auto piece = key.bytes().first(4);
  EXPECT_EQ(std::search(sealed.begin(), sealed.end(), piece.begin(), piece.end()), sealed.end());
}

}  // namespace
}  // namespace lethe::kms::crypto
