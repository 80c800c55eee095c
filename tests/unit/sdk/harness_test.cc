// SPDX-License-Identifier: Apache-2.0

#include "plugins/sdk/testing/harness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/plugin_loader/fixtures/fixtures.h"
#include "worker/loader/loader.h"

namespace lethe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> run(const char* library, const std::string& line) {
  const auto plugins = worker::loader::load_library(fixtures::library(library));
  EXPECT_TRUE(plugins.has_value()) << (plugins ? "" : plugins.error().message());
  const auto golden = read_golden(line);
  EXPECT_TRUE(golden.has_value()) << (golden ? "" : golden.error().message());
  return disagreements(*plugins, golden->at(0));
}

TEST(Harness, IsSilentWhenAllAgrees) {
  EXPECT_THAT(run("guest", R"({"plugin":"guest","options":{"prefix":"-"},"in":{"value":"x"},)"
                           R"("out":{"value":"-x","headers":[["guest","was here"]]}})"),
              IsEmpty());
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":null},"drop":true})"), IsEmpty());
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":""},)"
                           R"("fail":{"kind":"bad_record","message":"the value is empty"}})"),
              IsEmpty());
  EXPECT_THAT(run("plain", R"({"plugin":"plain","in":{"value":"abc"},"out":{"value":"cba"}})"),
              IsEmpty());
}

TEST(Harness, NamesEachMemberThatDiffers) {
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":"x"},"out":{"key":"k"}})"),
              ElementsAre(R"(key: expected "k", got null)", R"(value: expected "x", got "> x")",
                          R"(headers: expected [], got [["guest", "was here"]])"));
}

TEST(Harness, TellsTheOutcomesApart) {
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":null},"out":{}})"),
              ElementsAre("outcome: expected goes on, got dropped"));
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":"x"},"drop":true})"),
              ElementsAre("outcome: expected dropped, got goes on"));
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":""},"out":{}})"),
              ElementsAre("it failed: bad_record: the value is empty"));
  EXPECT_THAT(run("guest", R"({"plugin":"guest","in":{"value":""},)"
                           R"("fail":{"kind":"blocked","message":"no"}})"),
              ElementsAre("kind: expected blocked, got bad_record",
                          "message: expected no, got the value is empty"));
}

TEST(Harness, ChecksTheOptionsFirst) {
  EXPECT_THAT(
      run("guest", R"({"plugin":"guest","options":{"prefx":"-"},"in":{"value":"x"},"out":{}})"),
      ElementsAre("options: prefx is no option"));
  EXPECT_THAT(
      run("guest", R"({"plugin":"guest","options":{"prefix":""},"in":{"value":"x"},"out":{}})"),
      ElementsAre("options: prefix: must not be empty"));
}

TEST(Harness, PointsOutAMessageThatWasNotDeclared) {
  EXPECT_THAT(run("throwing", R"({"plugin":"undeclared_text","in":{},"fail":)"
                              R"({"kind":"bad_record","message":"canary-4111111111111111"}})"),
              ElementsAre(HasSubstr("not among the plugin's messages()")));
}

TEST(Harness, SurvivesAPluginThatBreaksTheContract) {
  EXPECT_THAT(run("raw", R"({"plugin":"raw_throw","in":{},"out":{}})"),
              ElementsAre(HasSubstr("let an exception out")));
  EXPECT_THAT(run("raw", R"({"plugin":"garbage_verdict","in":{},"out":{}})"),
              ElementsAre("the verdict's action is 77"));
  EXPECT_THAT(run("raw", R"({"plugin":"garbage_code","in":{},"out":{}})"),
              ElementsAre(HasSubstr("it failed: unknown kind 4711")));
  EXPECT_THAT(run("throwing", R"({"plugin":"throws_in_make","in":{},"out":{}})"),
              ElementsAre("make() failed: internal: the plugin threw an exception"));
}

TEST(Harness, SaysThatALibraryLacksThePlugin) {
  EXPECT_THAT(run("guest", R"({"plugin":"host","in":{},"out":{}})"),
              ElementsAre("the library offers no transform \"host\""));
}

}  // namespace
}  // namespace lethe::testing
