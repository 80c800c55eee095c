// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/json_grammar.h"

#include <gtest/gtest.h>

#include <string>

namespace lethe::fields {
namespace {

TEST(JsonGrammar, AcceptsEveryFormOfValue) {
  for (const std::string_view text : {"null",
                                      "true",
                                      "false",
                                      "0",
                                      "-0",
                                      "10",
                                      "1.50",
                                      "-1e5",
                                      "1E+05",
                                      "0e-0",
                                      "\"\"",
                                      "\"a\\n\\u00e9\\\\\\\"\"",
                                      "\"\\ud800\"",
                                      "[]",
                                      "{}",
                                      "[ ]",
                                      "{ }",
                                      "[1,[2,{\"a\":[]}]]",
                                      "{\"a\":1,\"a\":2}",
                                      "{\n\"a\" : [ true , null ]\t}",
                                      "123456789012345678901234567890",
                                      "\"\x7f\"",
                                      "\"Stra\u00dfe\""})
    EXPECT_TRUE(is_json_value(text)) << text;
}

TEST(JsonGrammar, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      " 1",
                                      "1 ",
                                      "01",
                                      "-",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "1e",
                                      "1e+",
                                      "0x1",
                                      "NaN",
                                      "Infinity",
                                      "nul",
                                      "nulll",
                                      "True",
                                      "\"",
                                      "\"a",
                                      "\"\\\"",
                                      "\"\\x\"",
                                      "\"\\u12g4\"",
                                      "\"\n\"",
                                      "'a'",
                                      "[",
                                      "]",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{",
                                      "}",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{a:1}",
                                      "{1:2}",
                                      "{\"a\" 1}",
                                      "[}",
                                      "{]",
                                      "[[]",
                                      "{}{}",
                                      "1,2",
                                      "// x",
                                      "[1]x",
                                      "\"\xff\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xc0\x80\""})
    EXPECT_FALSE(is_json_value(text)) << text;
  EXPECT_FALSE(is_json_value(std::string_view("\"\0\"", 3)));
}

TEST(JsonGrammar, FollowsNestingToItsLimitAndNoFurther) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  EXPECT_TRUE(is_json_value(nested(kMaxJsonDepth)));
  EXPECT_FALSE(is_json_value(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(is_json_value(std::string(1'000'000, '[')));
}

TEST(JsonGrammar, NeverReadsPastAnyCut) {
  const std::string text = R"({"a":[1.5e3,"x\u0041",{"b":null}],"c":false})";
  ASSERT_TRUE(is_json_value(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string cut(text, 0, size);  // its own allocation: the sanitizer sees an overrun
    EXPECT_FALSE(is_json_value(cut)) << size;
  }
}

TEST(JsonCursor, GivesExactTokens) {
  JsonCursor cursor("{ \"a\" : [1, 2] ,\"b\":\"c\"}");
  std::string_view body, token;
  ASSERT_TRUE(cursor.skip('{'));
  cursor.skip_space();
  ASSERT_TRUE(cursor.read_string(body));
  EXPECT_EQ(body, "a");
  cursor.skip_space();
  ASSERT_TRUE(cursor.skip(':'));
  cursor.skip_space();
  ASSERT_TRUE(cursor.read_value(token));
  EXPECT_EQ(token, "[1, 2]");
  EXPECT_FALSE(cursor.at_end());
}

}  // namespace
}  // namespace lethe::fields
