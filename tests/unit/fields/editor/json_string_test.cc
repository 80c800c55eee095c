// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_string.h"

#include <gtest/gtest.h>

namespace lethe::fields {
namespace {

std::string decoded(std::string_view body) {
  std::string out = "kept ";
  return append_decoded(body, out) ? out : "refused, " + out;
}

TEST(JsonString, DecodesEveryEscape) {
  EXPECT_EQ(decoded(R"(\"\\\/\b\f\n\r\t)"), "kept \"\\/\b\f\n\r\t");
  EXPECT_EQ(decoded("plain \xC3\xA9"), "kept plain \xC3\xA9");
  EXPECT_EQ(decoded(""), "kept ");
}

TEST(JsonString, DecodesCodePointsOfOneToFourBytes) {
  using namespace std::string_literals;
  EXPECT_EQ(decoded(R"(\u0000\u007F\u0080\u07fF\u0800\uffFF)"),
            "kept \0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"s);
  EXPECT_EQ(decoded(R"(\ud800\udc00\uDBFF\uDFFF)"), "kept \xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
}

TEST(JsonString, RefusesUnpairedSurrogatesAndLeavesTheOutputAlone) {
  for (const char* body : {R"(\ud800)", R"(x\ud800y)", R"(\udc00)", R"(\ud800\ud800)",
                           R"(\ud800\n)", R"(\udc00\ud800)", R"(\ud800\u0041)"}) {
    EXPECT_EQ(decoded(body), "refused, kept ") << body;
  }
}

TEST(JsonString, ChecksEscapesOfAWholeDocument) {
  EXPECT_TRUE(escapes_are_valid(R"({"a\n":"\\\"","b":"\u00aF\ud800"})"));
  EXPECT_TRUE(escapes_are_valid("nothing"));
  for (const char* text :
       {R"(\)", R"("\)", R"("\x")", R"("\u12")", R"("\u123","4")", R"("\\\u00g0")", R"(\a)"}) {
    EXPECT_FALSE(escapes_are_valid(text)) << text;
  }
}

TEST(JsonString, ComparesAPrefixDecoded) {
  EXPECT_TRUE(decodes_to_prefix("enc1.abc", "enc1."));
  EXPECT_TRUE(decodes_to_prefix(R"(\u0065\u006Ec1\u002e)", "enc1."));
  EXPECT_TRUE(decodes_to_prefix(R"(a\/b)", "a/"));
  EXPECT_FALSE(decodes_to_prefix("enc1", "enc1."));
  EXPECT_FALSE(decodes_to_prefix("", "e"));
  EXPECT_FALSE(decodes_to_prefix(R"(\nenc1.)", "enc1."));
  EXPECT_FALSE(decodes_to_prefix(R"(\u0165nc1.)", "enc1."));
  EXPECT_FALSE(decodes_to_prefix("\xE5nc1.", "enc1."));
}

}  // namespace
}  // namespace lethe::fields
