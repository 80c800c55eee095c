// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/verdict.h"

#include <gmock/gmock.h>

#include "connectors/batch.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::text;
using connectors::view;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

lethe_verdict verdict(std::int32_t action) {
  lethe_verdict made{};
  made.struct_size = sizeof(made);
  made.action = action;
  return made;
}

lethe_verdict replaced(std::uint32_t members) {
  lethe_verdict made = verdict(LETHE_REPLACED);
  made.replaced = members;
  return made;
}

lethe_verdict failed(std::int32_t kind, std::int32_t disposition = LETHE_BY_POLICY) {
  lethe_verdict made = verdict(LETHE_FAILED);
  made.error_kind = kind;
  made.disposition = disposition;
  return made;
}

TEST(Verdict, IsSoundWhenItKeepsTheRules) {
  EXPECT_THAT(broken_rule(verdict(LETHE_KEEP)), IsEmpty());
  EXPECT_THAT(broken_rule(verdict(LETHE_DROP)), IsEmpty());
  EXPECT_THAT(broken_rule(replaced(LETHE_REPLACED_VALUE)), IsEmpty()) << "a tombstone";
  EXPECT_THAT(broken_rule(replaced(LETHE_REPLACED_HEADERS)), IsEmpty()) << "no headers left";
  for (std::int32_t kind = LETHE_TRANSIENT; kind <= LETHE_INTERNAL; ++kind)
    EXPECT_THAT(broken_rule(failed(kind, LETHE_PASS)), IsEmpty());
}

TEST(Verdict, BreaksARuleWithAnUnknownNumber) {
  EXPECT_THAT(broken_rule(verdict(4)), HasSubstr("unknown action"));
  EXPECT_THAT(broken_rule(verdict(-1)), HasSubstr("unknown action"));
  EXPECT_THAT(broken_rule(replaced(0)), HasSubstr("replaces nothing"));
  EXPECT_THAT(broken_rule(replaced(16)), HasSubstr("unknown member"));
  EXPECT_THAT(broken_rule(failed(0)), HasSubstr("error kind"));
  EXPECT_THAT(broken_rule(failed(8)), HasSubstr("error kind"));
  EXPECT_THAT(broken_rule(failed(LETHE_BAD_RECORD, 5)), HasSubstr("disposition"));
  EXPECT_THAT(broken_rule(failed(LETHE_BAD_RECORD, -1)), HasSubstr("disposition"));
}

TEST(Verdict, BreaksARuleWithAViewOfNothing) {
  auto made = replaced(LETHE_REPLACED_VALUE);
  made.value = {nullptr, 3};
  EXPECT_THAT(broken_rule(made), HasSubstr("value"));
  made.value = {"x", ~std::uint64_t{0}};
  EXPECT_THAT(broken_rule(made), HasSubstr("value"));
  made = replaced(LETHE_REPLACED_KEY);
  made.key = {nullptr, 1};
  EXPECT_THAT(broken_rule(made), HasSubstr("key"));
  EXPECT_THAT(broken_rule(replaced(LETHE_REPLACED_TOPIC)), HasSubstr("topic"));
  made = failed(LETHE_BAD_RECORD);
  made.message = {nullptr, 5};
  EXPECT_THAT(broken_rule(made), HasSubstr("message"));
}

TEST(Verdict, BreaksARuleWithHeadersThatAreNone) {
  auto made = replaced(LETHE_REPLACED_HEADERS);
  made.n_headers = 1;
  EXPECT_THAT(broken_rule(made), HasSubstr("headers"));
  lethe_header header = {{nullptr, 0}, view("v")};
  made.headers = &header;
  EXPECT_THAT(broken_rule(made), HasSubstr("headers"));
  header = {view("n"), {nullptr, 2}};
  EXPECT_THAT(broken_rule(made), HasSubstr("headers"));
  header = {view("n"), {nullptr, 0}};
  EXPECT_THAT(broken_rule(made), IsEmpty());
}

TEST(Verdict, ReplacesOnlyTheMembersItNames) {
  lethe_record record{};
  record.key = view("key");
  record.value = view("value");
  record.topic = view("topic");
  auto made = replaced(LETHE_REPLACED_VALUE | LETHE_REPLACED_TOPIC);
  made.key = view("other");
  made.value = view("new value");
  made.topic = view("new topic");
  replace(made, record);
  EXPECT_EQ(text(record.key), "key");
  EXPECT_EQ(text(record.value), "new value");
  EXPECT_EQ(text(record.topic), "new topic");

  const lethe_header header = {view("n"), view("v")};
  made = replaced(LETHE_REPLACED_HEADERS | LETHE_REPLACED_KEY);
  made.headers = &header;
  made.n_headers = 1;
  replace(made, record);
  EXPECT_EQ(record.key.data, nullptr);
  ASSERT_EQ(record.n_headers, 1u);
  EXPECT_EQ(record.header_stride, sizeof(lethe_header));
  EXPECT_EQ(text(record.headers[0].value), "v");
}

}  // namespace
}  // namespace lethe::worker::pipeline
