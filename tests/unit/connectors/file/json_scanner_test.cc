// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/json_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace lethe::connectors::file {
namespace {

bool is_json(std::string_view text) {
  JsonScanner scanner(text);
  std::string_view token;
  return scanner.value(token) && scanner.at_end();
}

TEST(JsonScanner, AcceptsJson) {
  for (const char* text :
       {"null", "true", " false ", "0", "-0", "12.50e-7", "1E400", "\"\"", "\"\\u00e9\\n\"", "[]",
        "[1,[2,[]]]", "{}", "{\"a\":{\"b\":[null]}, \"a\":1}", "\"\xC3\xA9\xF0\x9F\x98\x80\"",
        "123456789012345678901234567890"}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
}

TEST(JsonScanner, RefusesWhatOnlyLooksLikeJson) {
  for (const char* text :
       {"",         " ",      "nul",  "nulll", "01",  "1.",    ".5",      "1e",
        "+1",       "-",      "0x1",  "NaN",   "'a'", "\"a",   "\"\\x\"", "\"\\u12g4\"",
        "\"\\u12",  "\"\t\"", "[1,]", "[1 2]", "[",   "{a:1}", "{\"a\"}", "{\"a\":1,}",
        "{\"a\":1", "1 1",    "{} x", "\"\\",  "//"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonScanner, RefusesBytesThatAreNotUtf8) {
  for (const char* text : {"\"\x80\"", "\"\xC0\xAF\"", "\"\xE0\x80\x80\"", "\"\xED\xA0\x80\"",
                           "\"\xF4\x90\x80\x80\"", "\"\xF0\x9F\x98\"", "\"\xC3\""}) {
    EXPECT_FALSE(is_json(text));
  }
}

TEST(JsonScanner, EndsAtADepthThatNoDocumentHas) {
  EXPECT_TRUE(is_json(std::string(500, '[') + std::string(500, ']')));
  EXPECT_FALSE(is_json(std::string(100'000, '[') + std::string(100'000, ']')));
}

TEST(JsonScanner, DecodesEscapes) {
  Arena arena;
  std::string_view decoded;
  ASSERT_TRUE(decode_string("us\\u0065r \\\"\\\\\\/\\b\\f\\n\\r\\t \\u00e9\\u20ac\\uD83D\\uDE00",
                            arena, decoded));
  EXPECT_EQ(decoded, "user \"\\/\b\f\n\r\t \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_FALSE(decode_string("\\uD83D", arena, decoded));
  EXPECT_FALSE(decode_string("\\uD83Dx", arena, decoded));
  EXPECT_FALSE(decode_string("\\uD83D\\u0041", arena, decoded));
  EXPECT_FALSE(decode_string("\\uDE00", arena, decoded));
}

TEST(JsonScanner, KnowsWhatMayStandInALineAsItIs) {
  EXPECT_TRUE(is_bare_json("{\"a\": [1, 2]}"));
  EXPECT_FALSE(is_bare_json(" {}"));
  EXPECT_FALSE(is_bare_json("{}\n"));
  EXPECT_FALSE(is_bare_json("{\n}"));
  EXPECT_FALSE(is_bare_json("{} {}"));
  EXPECT_FALSE(is_bare_json("text"));
  EXPECT_FALSE(is_bare_json(""));
}

}  // namespace
}  // namespace lethe::connectors::file
