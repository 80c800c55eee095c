// SPDX-License-Identifier: Apache-2.0
#include "worker/inbox/erasure_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kms/journal/time_text.h"

namespace lethe::worker::inbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string text_of(kms::erasure::Time time) {
  return kms::journal::to_text(std::chrono::floor<std::chrono::milliseconds>(time));
}

RequestContext context() {
  return {{*config::NameTemplate::parse("user-{{id}}"),
           *config::NameTemplate::parse("billing-{{id}}@{{shop}}")},
          std::chrono::milliseconds(7000),
          "topic:erasure-requests"};
}

TEST(ErasureRequest, TheShortestNamesASubject) {
  const auto request = parse_request(R"({"id":"r-1","subject":"user-4711"})", context());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->id, "r-1");
  EXPECT_THAT(request->names, ElementsAre("user-4711"));
  EXPECT_EQ(request->actor, "topic:erasure-requests");
  EXPECT_FALSE(request->policy || request->execute_at || request->unseen || request->propose);
  EXPECT_EQ(request->undo_window, std::chrono::milliseconds(7000));
}

TEST(ErasureRequest, TheLongestSaysEverything) {
  const auto request = parse_request(
      R"({"id":"r_2","subjects":["ann","b:{\"ü\"}"],"actor":"user:dpo","policy":"drop",)"
      R"("unseen":true,"propose":true,"execute_at":"2027-01-31T23:59:58.250Z","undo_window_s":3})",
      context());
  ASSERT_TRUE(request);
  EXPECT_THAT(request->names, ElementsAre("ann", "b:{\"ü\"}"));
  EXPECT_EQ(request->actor, "topic:erasure-requests/user:dpo");
  EXPECT_EQ(request->policy, kms::ErasedPolicy::kDrop);
  EXPECT_TRUE(request->unseen && request->propose);
  EXPECT_EQ(text_of(*request->execute_at), "2027-01-31T23:59:58.250Z");
  EXPECT_EQ(request->undo_window, std::chrono::milliseconds(3000));
}

TEST(ErasureRequest, ParametersMakeANamePerTemplate) {
  const auto request =
      parse_request(R"({"id":"r","parameters":{"id":4711,"shop":"north"}})", context());
  ASSERT_TRUE(request);
  EXPECT_THAT(request->names, ElementsAre("user-4711", "billing-4711@north"));
}

TEST(ErasureRequest, TemplatesThatMeetInOneNameMakeOneErasure) {
  RequestContext both = context();
  both.subjects = {*config::NameTemplate::parse("{{a}}"), *config::NameTemplate::parse("{{b}}")};
  const auto request = parse_request(R"({"id":"r","parameters":{"a":"x","b":"x"}})", both);
  ASSERT_TRUE(request);
  EXPECT_THAT(request->names, ElementsAre("x"));
}

TEST(ErasureRequest, WhatIsWrongIsSaidWithoutQuotingAnything) {
  const std::string sixty_one(61, 'x');
  std::string hundred_and_one = "\"s0\"";
  for (int i = 1; i <= 100; ++i) hundred_and_one += ",\"s" + std::to_string(i) + "\"";
  const std::pair<std::string, std::string> cases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {R"({"id":"secret","subject":"secret")", "not a JSON object"},
      {R"({"id":"a","id":"b","subject":"secret"})", "not a JSON object"},
      {R"({"subject":"secret"})", "'id'"},
      {R"({"id":"","subject":"secret"})", "'id'"},
      {R"({"id":7,"subject":"secret"})", "'id'"},
      {R"({"id":"secret 1","subject":"secret"})", "'id'"},
      {R"({"id":")" + sixty_one + R"(","subject":"secret"})", "'id'"},
      {R"({"id":"a"})", "one of"},
      {R"({"id":"a","subject":"secret","subjects":["secret"]})", "one of"},
      {R"({"id":"a","subject":""})", "'subject'"},
      {R"({"id":"a","subject":17})", "'subject'"},
      {R"({"id":"a","subjects":[]})", "'subjects'"},
      {R"({"id":"a","subjects":"secret"})", "'subjects'"},
      {R"({"id":"a","subjects":["secret",null]})", "'subjects'"},
      {R"({"id":"a","subjects":["secret","secret"]})", "twice"},
      {R"({"id":"a","subjects":[)" + hundred_and_one + "]}", "'subjects'"},
      {R"({"id":"a","parameters":{}})", "'parameters'"},
      {R"({"id":"a","parameters":{"id":"secret"}})", "all of them"},
      {R"({"id":"a","parameters":{"id":"secret","shop":"n","more":"m"}})", "all of them"},
      {R"({"id":"a","parameters":{"id":1.5,"shop":"n"}})", "'parameters'"},
      {R"({"id":"a","parameters":{"id":"","shop":"n"}})", "'parameters'"},
      {R"({"id":"a","subject":"secret","actor":"secret person"})", "'actor'"},
      {R"({"id":"a","subject":"secret","policy":"secret"})", "'policy'"},
      {R"({"id":"a","subject":"secret","unseen":"true"})", "'unseen'"},
      {R"({"id":"a","subject":"secret","execute_at":"2027-02-29T00:00:00Z"})", "'execute_at'"},
      {R"({"id":"a","subject":"secret","execute_at":"2027-02-01T00:00:00+01:00"})", "'execute_at'"},
      {R"({"id":"a","subject":"secret","undo_window_s":-1})", "'undo_window_s'"},
      {R"({"id":"a","subject":"secret","secret":1})", "a member that requests do not have"},
  };
  for (const auto& [json, word] : cases) {
    const auto request = parse_request(json, context());
    ASSERT_FALSE(request) << json;
    EXPECT_EQ(request.error().kind(), ErrorKind::kBadRecord) << json;
    EXPECT_THAT(request.error().message(), HasSubstr(word)) << json;
    EXPECT_THAT(request.error().message(), Not(HasSubstr("secret"))) << json;
  }
}

TEST(ErasureRequest, ParametersNeedTemplates) {
  RequestContext none = context();
  none.subjects.clear();
  const auto request = parse_request(R"({"id":"r","parameters":{"id":"1"}})", none);
  ASSERT_FALSE(request);
  EXPECT_THAT(request.error().message(), HasSubstr("no 'subjects'"));
}

TEST(ErasureRequest, TheLongestIdsStillMakeErasureIds) {
  EXPECT_EQ(erasure_id("r", 1), "r-1");
  EXPECT_LE(erasure_id(std::string(60, 'x'), 100).size(), 64U);
}

TEST(ErasureRequest, TheFractionOfATimeMayBeLeftOut) {
  const auto request =
      parse_request(R"({"id":"r","subject":"ann","execute_at":"2026-11-22T22:30:15Z"})", context());
  ASSERT_TRUE(request);
  EXPECT_EQ(text_of(*request->execute_at), "2026-11-22T22:30:15.000Z");
}

}  // namespace
}  // namespace lethe::worker::inbox
