// SPDX-License-Identifier: Apache-2.0
//
// Bytes are in docs/formats/vectors/types.json.

#include "plugins/fields/plaintext.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/hex.h"

namespace lethe::fields {
namespace {

using test::bytes_of;
using test::Octets;
using test::unhex;

Octets written(ValueType type, ByteView body, Padding padding) {
  Octets bytes(plaintext_size(body.size(), padding));
  write_plaintext(type, body, padding, bytes.data());
  return bytes;
}

SealedError read(const Octets& bytes, bool padded = false) {
  Plaintext plaintext;
  return read_plaintext(bytes, padded, plaintext);
}

TEST(Plaintext, ReturnsTypeAndBodyUnderEveryPadding) {
  for (const Padding padding : {Padding::kNone, Padding::kBucket, Padding::kPadme}) {
    Octets body;
    for (int i = 0; i < 700; ++i) {
      const Octets bytes = written(ValueType::kBytes, body, padding);
      Plaintext plaintext;
      ASSERT_EQ(read_plaintext(bytes, padding != Padding::kNone, plaintext), SealedError::kNone);
      ASSERT_EQ(plaintext.type, ValueType::kBytes);
      ASSERT_EQ(Octets(plaintext.body.begin(), plaintext.body.end()), body);
      body.push_back(i % 3 == 0 ? 0x80 : 0);  // what looks like padding is kept
    }
  }
}

TEST(Plaintext, HidesLengthsInFewSizes) {
  EXPECT_EQ(padded_size(2, Padding::kBucket), 32u);
  EXPECT_EQ(padded_size(32, Padding::kBucket), 32u);
  EXPECT_EQ(padded_size(256, Padding::kBucket), 256u);
  EXPECT_EQ(padded_size(257, Padding::kBucket), 272u);
  for (std::size_t n = 2; n < 5000; ++n) {
    const std::size_t padded = padded_size(n, Padding::kPadme);
    ASSERT_GE(padded, n);
    ASSERT_LE(padded, n + n * 12 / 100 + 1);
    ASSERT_EQ(padded_size(padded, Padding::kPadme), padded);
  }
}

TEST(Plaintext, AcceptsAnyNumberOfZerosButOneMark) {
  EXPECT_EQ(read(unhex("068000000000000000000000"), true), SealedError::kNone);
  EXPECT_EQ(read(unhex("0680"), true), SealedError::kNone);
  for (const std::string_view hex : {"", "00", "80", "0600", "06", "068081"})
    EXPECT_EQ(read(unhex(hex), true), SealedError::kMalformed) << hex;
}

TEST(Plaintext, HoldsEveryBodyToItsRule) {
  const std::pair<std::string_view, SealedError> cases[] = {
      {"", SealedError::kMalformed},
      {"00", SealedError::kNone},
      {"0000", SealedError::kMalformed},
      {"0201", SealedError::kMalformed},
      {"0300000000000000", SealedError::kMalformed},
      {"040000000000000000", SealedError::kNone},
      {"04000000000000000000", SealedError::kMalformed},
      {"05", SealedError::kNone},
      {"05ff", SealedError::kMalformed},
      {"07", SealedError::kMalformed},
      {"073120", SealedError::kMalformed},
      {"080102030405060708", SealedError::kNone},
      {"0801020304050607", SealedError::kMalformed},
      {"09000161", SealedError::kNone},
      {"090000", SealedError::kMalformed},
      {"0900012e", SealedError::kMalformed},
      {"090001ff", SealedError::kMalformed},
      {"090401", SealedError::kMalformed},
      {"0a00000000", SealedError::kNone},
      {"0b000000", SealedError::kMalformed},
      {"0c00000000", SealedError::kMalformed},
      {"0c0000000000", SealedError::kNone},
      {"0c000000000080", SealedError::kNone},
      {"0c00000000007f", SealedError::kMalformed},
      {"0c00000000ff80", SealedError::kMalformed},
      {"0c00000000ff7f", SealedError::kNone},
      {"0d0000000000000000", SealedError::kNone},
      {"0e", SealedError::kUnsupported},
      {"3f", SealedError::kUnsupported},
      {"ff", SealedError::kUnsupported},
  };
  for (const auto& [hex, expected] : cases) EXPECT_EQ(read(unhex(hex)), expected) << hex;
}

TEST(Plaintext, LimitsProtobufNamesTo1024Bytes) {
  Octets body = unhex("0400");
  body.resize(2 + 1024, 'x');
  EXPECT_EQ(check_body(ValueType::kProtobuf, body), SealedError::kNone);
  body[1] = 1;
  body.push_back('x');
  EXPECT_EQ(check_body(ValueType::kProtobuf, body), SealedError::kMalformed);
}

TEST(Plaintext, NamesItsTypesLikeTheSpecification) {
  EXPECT_EQ(name(ValueType::kTrue), "bool");
  EXPECT_EQ(name(ValueType::kJson), "json");
  EXPECT_EQ(name(ValueType::kUInt64), "uint64");
  EXPECT_EQ(name(ValueType::kDecimal), "decimal");
}

}  // namespace
}  // namespace lethe::fields
