// SPDX-License-Identifier: Apache-2.0
//
// Whose key: what templates are made of, and what they refuse.

#include "tests/unit/plugins/plugin_bench.h"

namespace lethe::plugins {
namespace {

class Subject : public PluginBench {
 protected:
  static std::string by(const std::string& subject) {
    return R"({"subject":")" + subject + R"(","fields":["f"]})";
  }
  // Erasing exactly this name makes the value unreadable.
  void expect_name(const std::string& subject, const OwnedRecord& clear, const std::string& name) {
    SCOPED_TRACE(subject);
    const auto fates = run("encrypt", by(subject), std::vector<OwnedRecord>{clear});
    ASSERT_FALSE(fates[0].failed) << fates[0].message;
    shred(name);
    const Fate again = decrypt(fates[0].value(), R"({"on_shredded":"null"})");
    EXPECT_THAT(again.value(), ::testing::HasSubstr("\"f\":null"));
  }
};

TEST_F(Subject, IsMadeOfValuesKeyHeadersAndTopic) {
  const OwnedRecord clear = record(R"({"f":"x","id":42,"s":"a\u0062\n","a":[{"b":true}],"n":"é"})",
                                   R"({"id":"k\u0031"})");
  expect_name("{{record.value.id}}", clear, "42");
  expect_name("u-{{record.value.s}}", clear, "u-ab\n");
  expect_name("{{record.value.a[0].b}}!", clear, "true!");
  expect_name("{{record.value.n}}", clear, "é");
  expect_name("{{record.key}}", clear, R"({"id":"k\u0031"})");
  expect_name("{{record.key.id}}", clear, "k1");
  expect_name("{{record.header.h}}", clear, "head");
  expect_name("{{record.topic}}", clear, "customers");
  expect_name("gateway-kms://all", clear, "all");
  expect_name("{{record.topic}}/{{record.value.id}}/{{record.header.h}}/{{record.value.id}}", clear,
              "customers/42/head/42");
}

TEST_F(Subject, RefusesWhatCouldMeanTwoPeopleOrNone) {
  for (const auto& [token, text] : std::vector<std::pair<std::string, std::string>>{
           {"null", "null"},
           {R"("")", "empty"},
           {"{}", "array"},
           {R"(["secret"])", "array"},
           {"1.0", "integer"},
           {"1e0", "integer"},
           {"-0", "integer"},
           {"\"" + std::string(1025, 's') + "\"", "long"},
           {R"("\u0000")", ""},
           {R"("\ud800")", ""}}) {
    SCOPED_TRACE(token);
    const Fate fate = encrypt(by("{{record.value.id}}"), R"({"f":"x","id":)" + token + "}");
    EXPECT_THAT(fate, FailsWith(ErrorKind::kBadRecord, text, "{{record.value.id}}"));
  }
  EXPECT_THAT(encrypt(by("{{record.value.id}}"), R"({"f":"x"})"),
              FailsWith(ErrorKind::kBadRecord, "", "{{record.value.id}}"));
  EXPECT_THAT(encrypt(by("{{record.header.none}}"), R"({"f":"x"})"),
              FailsWith(ErrorKind::kBadRecord, "", "{{record.header.none}}"));
  EXPECT_THAT(encrypt(by("{{record.key.id}}"), R"({"f":"x"})"),  // the key is no JSON
              FailsWith(ErrorKind::kBadRecord, "", "{{record.key.id}}"));
  const auto keyless = run("encrypt", by("{{record.key}}"),
                           std::vector<OwnedRecord>{record(R"({"f":1})", std::nullopt)});
  EXPECT_THAT(keyless[0], FailsWith(ErrorKind::kBadRecord, "", "{{record.key}}"));
}

TEST_F(Subject, MustNotBeSealedText) {
  const std::string sealed_id =
      sealed(R"({"subject":"s","fields":["id"]})", R"({"f":"x","id":"7"})");
  EXPECT_THAT(encrypt(by("u-{{record.value.id}}"), sealed_id),
              FailsWith(ErrorKind::kBadRecord, "already encrypted", "f"));
}

TEST_F(Subject, IsNotNeededWhereThereIsNothingToSeal) {
  const Fate fate = encrypt(by("{{record.value.id}}"), R"({"g":1})");
  EXPECT_FALSE(fate.failed) << fate.message;
  EXPECT_EQ(fate.value(), R"({"g":1})");
}

TEST_F(Subject, MayDifferFromFieldToField) {
  const std::string there = sealed(
      R"({"subject":"a-{{record.value.id}}","fields":["f",{"path":"g","subject":"b-{{record.value.id}}"}]})",
      R"({"f":"x","g":"y","id":1})");
  shred("b-1");
  EXPECT_EQ(decrypt(there, R"({"on_shredded":"null"})").value(), R"({"f":"x","g":null,"id":1})");
}

TEST_F(Subject, WithAReservedNameIsRefused) {
  for (const char* name : {"lethe-internal:dead-letters", "lethe-internal:x"}) {
    const Fate fate = encrypt(by(name), R"({"f":1})");
    EXPECT_EQ(fate.failed, ErrorKind::kBadRecord) << name;
  }
}

}  // namespace
}  // namespace lethe::plugins
