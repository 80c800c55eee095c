// SPDX-License-Identifier: Apache-2.0

#include "json/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lethe::json {
namespace {

Value parsed(std::string_view text) {
  Result<Value> value = parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : Value();
}

TEST(Json, DumpsWhatItParsed) {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-7", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "1.5", "1e+300", "\"\"", "[]", "{}", "[1,[2,{}],null]",
        "{\"b\":1,\"a\":{\"c\":[true]},\"\":\"x\"}", "\"\\\"\\\\\\n\\u0001/\"", "\"Zo\u00eb\""})
    EXPECT_EQ(parsed(text).dump(), text);
}

TEST(Json, KeepsMembersInTheirOrder) {
  const Value value = parsed("{\"z\":1,\"a\":2,\"m\":3}");
  ASSERT_NE(value.object(), nullptr);
  EXPECT_EQ(value.object()->at(0).name, "z");
  EXPECT_EQ(value.object()->at(2).name, "m");
}

TEST(Json, AnswersOnlyForItsOwnType) {
  const Value value = parsed(R"({"n":-5,"u":18446744073709551615,"d":2.5,"s":"x","b":true})");
  EXPECT_EQ(value.find("n")->integer(), -5);
  EXPECT_EQ(value.find("n")->unsigned_integer(), std::nullopt);
  EXPECT_EQ(value.find("n")->number(), -5.0);
  EXPECT_EQ(value.find("u")->integer(), std::nullopt);
  EXPECT_EQ(value.find("u")->unsigned_integer(), 18446744073709551615u);
  EXPECT_EQ(value.find("d")->integer(), std::nullopt);
  EXPECT_EQ(value.find("d")->number(), 2.5);
  EXPECT_EQ(*value.find("s")->string(), "x");
  EXPECT_EQ(value.find("s")->boolean(), std::nullopt);
  EXPECT_EQ(value.find("b")->boolean(), true);
  EXPECT_EQ(value.find("missing"), nullptr);
  EXPECT_EQ(value.find("s")->find("x"), nullptr);
  EXPECT_EQ(value.array(), nullptr);
}

TEST(Json, RefusesDuplicatesSurrogatesAndForeignBytes) {
  for (const std::string_view text : {"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\ud800\"",
                                      "\"\\udc00\\ud800\"", "\"\xff\"", "\xef\xbb\xbf{}", "", " ",
                                      "{", "[1,]", "01", "1 2", "// c\n1", "NaN", "1e999"}) {
    const Result<Value> value = parse(text);
    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().kind(), ErrorKind::kBadRecord);
  }
  EXPECT_TRUE(parse("[{\"a\":1},{\"a\":2}]").has_value());
}

TEST(Json, NeverQuotesItsInputInAComplaint) {
  for (const std::string_view text : {"{\"secret\":secret}", "{\"secret\":1,\"secret\":2}"})
    EXPECT_EQ(parse(text).error().message().find("secret"), std::string::npos);
  EXPECT_NE(parse("[1,x]").error().message().find("byte 4"), std::string::npos);
}

TEST(Json, StopsAtItsDepth) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse(nested(256)).has_value());
  EXPECT_FALSE(parse(nested(257)).has_value());
  EXPECT_FALSE(parse(std::string(1'000'000, '[')).has_value());
}

TEST(Json, BuildsObjectsAndArrays) {
  Value value;
  value.set("name", "x").set("count", 3).set("name", "y");
  value.set("list", Value().append(1).append(nullptr).append(false));
  value.set("big", std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(value.dump(),
            R"({"name":"y","count":3,"list":[1,null,false],"big":18446744073709551615})");
}

TEST(Json, HasNoTextForNumbersThatJsonLacks) {
  EXPECT_EQ(Value(std::nan("")).dump(), "null");
  EXPECT_EQ(Value(-std::numeric_limits<double>::infinity()).dump(), "null");
  EXPECT_EQ(Value(0.1).dump(), "0.1");
}

TEST(JsonDeathTest, DoesNotTurnATextIntoAnObject) {
  EXPECT_DEATH(Value("text").set("a", 1), "");
}

}  // namespace
}  // namespace lethe::json
