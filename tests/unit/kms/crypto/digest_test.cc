// SPDX-License-Identifier: Apache-2.0
//
// Published answers beyond these are in wycheproof_test.cc and in docs/formats/vectors.

#include "kms/crypto/digest.h"

#include <gtest/gtest.h>

#include "kms/crypto/derive.h"
#include "tests/support/hex.h"

namespace lethe::kms::crypto {
namespace {

using test::bytes_of;
using test::hex;
using test::unhex;

TEST(Digest, HashesThePartsAsOneText) {
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256({bytes_of("ab"), bytes_of(""), bytes_of("c")}), sha256({bytes_of("abc")}));
}

TEST(Digest, HashesAnHmacKeyThatIsLongerThanABlock) {
  // RFC 4231, case 6.
  EXPECT_EQ(hex(hmac_sha256(test::Octets(131, 0xaa),
                            {bytes_of("Test Using Larger Than Block-Size Key - Hash Key First")})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, ExpandsToManyBlocksAndAPart) {
  // RFC 5869, case 2.
  test::Octets out(82);
  hkdf_expand(unhex("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244"),
              {unhex("b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4"
                     "d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9"
                     "fafbfcfdfeff")},
              out);
  EXPECT_EQ(hex(out),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271"
            "cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d8"
            "7");
}

TEST(Digest, ComparesContentAndSize) {
  EXPECT_TRUE(equal({}, {}));
  EXPECT_TRUE(equal(unhex("0102"), unhex("0102")));
  EXPECT_FALSE(equal(unhex("0102"), unhex("0103")));
  EXPECT_FALSE(equal(unhex("0102"), unhex("010200")));
}

TEST(Derive, GivesTheSameKeyAnotherIdInAnotherTenant) {
  test::Octets bytes(32, 7);
  const std::span<const std::uint8_t, 32> dek(bytes.data(), 32);
  EXPECT_NE(dek_id(dek, "acme"), dek_id(dek, "globex"));
}

TEST(Derive, CannotBeConfusedByWhereTheTenantEnds) {
  test::Octets bytes(32, 7);
  const std::span<const std::uint8_t, 32> secret(bytes.data(), 32);
  EXPECT_NE(subject_hash(secret, "ab", "c"), subject_hash(secret, "a", "bc"));
  EXPECT_NE(subject_commit(secret, "ab", "c"), subject_commit(secret, "a", "bc"));
}

TEST(Derive, TakesTheBucketFromTheFirstEightBytes) {
  EXPECT_EQ(bucket_of(Id16{0, 0, 0, 0, 0, 0, 1, 3, 0xff}, 1000), 259u);
  EXPECT_EQ(bucket_of(Id16{0xff, 0xff}, 1), 0u);
}

}  // namespace
}  // namespace lethe::kms::crypto
