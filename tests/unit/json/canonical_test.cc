// SPDX-License-Identifier: Apache-2.0

#include "json/canonical.h"

#include <gtest/gtest.h>

namespace lethe::json {
namespace {

std::string canonical_of(std::string_view text) {
  const Result<std::string> result = canonicalize(text);
  return result ? *result : "refused";
}

TEST(Canonical, SortsMembersAtEveryLevelAndDropsSpace) {
  EXPECT_EQ(canonical_of(" { \"b\" : [ { \"d\":1 , \"c\":2 } ] , \"a\" : null } "),
            R"({"a":null,"b":[{"c":2,"d":1}]})");
  EXPECT_EQ(canonical_of(R"({"aa":1,"a":2,"":3})"), R"({"":3,"a":2,"aa":1})");
}

TEST(Canonical, SortsByUtf16WhereItDiffersFromUtf8) {
  // U+E000 and U+FFFF come after U+10000, whose first unit is a surrogate.
  EXPECT_EQ(canonical_of("{\"\uffff\":1,\"\U00010000\":2,\"\ue000\":3,\"\ud7ff\":4}"),
            "{\"\ud7ff\":4,\"\U00010000\":2,\"\ue000\":3,\"\uffff\":1}");
}

TEST(Canonical, EscapesOnlyWhatMustBeEscaped) {
  EXPECT_EQ(canonical_of(R"("\u0041\/\u0008\u000c\n\r\t\u001f\u007f\"\\\u20ac")"),
            "\"A/\\b\\f\\n\\r\\t\\u001f\x7f\\\"\\\\\u20ac\"");
}

TEST(Canonical, TakesPlainIntegersInRangeOnly) {
  EXPECT_EQ(canonical_of("[0,-1,9007199254740991,-9007199254740991]"),
            "[0,-1,9007199254740991,-9007199254740991]");
  for (const std::string_view number :
       {"9007199254740992", "-9007199254740992", "9223372036854775808", "18446744073709551616",
        "1.0", "1e3", "-0", "0.0", "-0.0", "1E1"})
    EXPECT_EQ(canonical_of(number), "refused") << number;
}

TEST(Canonical, RefusesDuplicatesAndUnpairedSurrogates) {
  EXPECT_EQ(canonical_of(R"({"a":1,"\u0061":1})"), "refused");
  EXPECT_EQ(canonical_of(R"("\ud83d")"), "refused");
  EXPECT_EQ(canonical_of("\"\xc3\""), "refused");
  EXPECT_EQ(canonical_of("{} {}"), "refused");
}

TEST(Canonical, HoldsBuiltValuesToTheSameRules) {
  EXPECT_TRUE(canonical(Value().set("a", 1)).has_value());
  EXPECT_FALSE(canonical(Value(1.0)).has_value());
  EXPECT_FALSE(canonical(Value("\xff")).has_value());
  EXPECT_FALSE(canonical(Value(Object{{"a", 1}, {"a", 1}})).has_value());
}

TEST(Canonical, IsItsOwnCanonicalForm) {
  const std::string once = canonical_of(R"({"z":[1,{"y":"\u00e9\n"}],"a":true})");
  EXPECT_EQ(canonical_of(once), once);
}

}  // namespace
}  // namespace lethe::json
