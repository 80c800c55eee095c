// SPDX-License-Identifier: Apache-2.0

#include "plugins/sdk/testing/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lethe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

GoldenRecord only(std::string_view text) {
  auto records = read_golden(text);
  EXPECT_TRUE(records.has_value()) << (records ? "" : records.error().message());
  return records ? records->at(0) : GoldenRecord();
}

TEST(Golden, KeepsOfTheInputWhatTheOutputDoesNotName) {
  const GoldenRecord record =
      only(R"({"plugin":"p","in":{"topic":"t","key":"k","value":"v","timestamp":5,)"
           R"("headers":[["a","1"],["b",null]]},"out":{"value":{"hex":"00fF"}}})");
  EXPECT_EQ(record.plugin, "p");
  EXPECT_EQ(record.outcome, Outcome::kGoesOn);
  EXPECT_EQ(record.in.value, "v");
  EXPECT_EQ(record.in.timestamp_ms, 5);
  EXPECT_EQ(record.out.value, std::string("\x00\xff", 2));
  EXPECT_EQ(record.out.key, "k");
  EXPECT_EQ(record.out.topic, "t");
  EXPECT_THAT(record.out.headers, ElementsAre(Pair("a", "1"), Pair("b", std::nullopt)));
}

TEST(Golden, ReadsOptionsAsAPipelineFileWouldHoldThem) {
  const GoldenRecord record = only(R"({"plugin":"p","in":{},"drop":true,"options":)"
                                   R"({"n":3,"on":true,"words":["x",{"deep":"y"}]}})");
  const Options options = record.options.view();
  EXPECT_EQ(record.outcome, Outcome::kDropped);
  EXPECT_EQ(options["n"].int_or(0), 3);
  EXPECT_TRUE(options["on"].bool_or(false));
  EXPECT_EQ(options["words"].at(1)["deep"].text(), "y");
}

TEST(Golden, ReadsTheFailureItExpects) {
  const GoldenRecord record =
      only(R"({"plugin":"p","in":{},"fail":{"kind":"blocked","message":"no"}})");
  EXPECT_EQ(record.outcome, Outcome::kFailed);
  EXPECT_EQ(record.fail_kind, "blocked");
  EXPECT_EQ(record.fail_message, "no");
}

TEST(Golden, SkipsCommentsAndEmptyLinesAndCountsThem) {
  EXPECT_EQ(only("# first\n\n{\"plugin\":\"p\",\"in\":{},\"drop\":true}\n").line, 3u);
}

TEST(Golden, RefusesWhatItDoesNotUnderstandAndNamesTheLine) {
  const struct {
    const char* line;
    const char* complaint;
  } cases[] = {
      {"{", ""},
      {"[]", "should be a JSON object"},
      {R"({"in":{},"drop":true})", "needs plugin and in"},
      {R"({"plugin":"p","drop":true})", "needs plugin and in"},
      {R"({"plugin":"p","in":{}})", "exactly one of out, drop and fail"},
      {R"({"plugin":"p","in":{},"drop":true,"out":{}})", "exactly one of out, drop and fail"},
      {R"({"plugin":"p","in":{},"drop":false})", "drop can only be true"},
      {R"({"plugin":"p","in":{},"fail":{"kind":"blocked"}})", "fail needs kind and message"},
      {R"({"plugin":"p","in":{"valeu":"x"},"drop":true})", "unknown member \"valeu\""},
      {R"({"plugin":"p","in":{"value":7},"drop":true})", "value should be a string, null or"},
      {R"({"plugin":"p","in":{"value":{"hex":"0g"}},"drop":true})", "pairs of hex digits"},
      {R"({"plugin":"p","in":{"value":{"hex":"0"}},"drop":true})", "value should be"},
      {R"({"plugin":"p","in":{"headers":[["a"]]},"drop":true})", "list of [name, value]"},
      {R"({"plugin":"p","in":{},"out":{"timestamp":1}})", "timestamp belongs into in"},
      {R"({"plugin":"p","in":{},"drop":true,"options":[]})", "options should be a JSON object"},
      {R"({"plugin":"p","in":{},"drop":true,"options":{"a":null}})", "an option should be"},
  };
  for (const auto& [line, complaint] : cases) {
    const auto records = read_golden(std::string("\n") + line);
    ASSERT_FALSE(records.has_value()) << line;
    EXPECT_THAT(records.error().message(), HasSubstr("line 2: ")) << line;
    EXPECT_THAT(records.error().message(), HasSubstr(complaint)) << line;
  }
}

TEST(Golden, RefusesAFileWithoutRecords) {
  EXPECT_FALSE(read_golden("# nothing yet\n").has_value());
}

}  // namespace
}  // namespace lethe::testing
