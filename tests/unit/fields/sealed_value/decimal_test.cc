// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/decimal.h"

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace lethe::fields {
namespace {

std::string twos(std::string_view digits) {
  const auto bytes = to_twos_complement(digits);
  return bytes ? test::hex(*bytes) : "none";
}

TEST(Decimal, TakesTheShortestFormAtEveryEdge) {
  EXPECT_EQ(twos("0"), "00");
  EXPECT_EQ(twos("-0"), "00");
  EXPECT_EQ(twos("127"), "7f");
  EXPECT_EQ(twos("128"), "0080");
  EXPECT_EQ(twos("-128"), "80");
  EXPECT_EQ(twos("-129"), "ff7f");
  EXPECT_EQ(twos("-1"), "ff");
  EXPECT_EQ(twos("256"), "0100");
  EXPECT_EQ(twos("-256"), "ff00");
  EXPECT_EQ(twos("000255"), "00ff");
}

TEST(Decimal, ReturnsTheDigitsOfAnyLength) {
  for (const std::string_view digits :
       {"0", "7", "-7", "10", "-32768", "32768", "-340282366920938463463374607431768211456",
        "123456789012345678901234567890123456789012345678901234567890"})
    EXPECT_EQ(to_digits(*to_twos_complement(digits)), digits);
  for (int n = -70000; n <= 70000; n += 37)
    ASSERT_EQ(to_digits(*to_twos_complement(std::to_string(n))), std::to_string(n));
}

TEST(Decimal, RefusesWhatIsNoInteger) {
  for (const std::string_view text : {"", "-", "+1", "1.0", "1e3", " 1", "0x1", "--1"})
    EXPECT_EQ(twos(text), "none") << text;
}

}  // namespace
}  // namespace lethe::fields
