// SPDX-License-Identifier: Apache-2.0
//
// What decrypt opens, where, and how it tells erased from unknown from forged.

#include "tests/unit/plugins/plugin_bench.h"

namespace lethe::plugins {
namespace {

using ::testing::HasSubstr;

class Opening : public PluginBench {
 protected:
  static std::string seal_with(const std::string& more = "") {
    return R"({"subject":"s","fields":["f"])" + (more.empty() ? "" : "," + more) + "}";
  }
  Fate in_dataset(const std::string& dataset, const OwnedRecord& sealed) {
    auto stage = try_stage("decrypt", "{}", dataset);
    EXPECT_TRUE(stage);
    return run(**stage, {sealed})[0];
  }
};

TEST_F(Opening, IsBoundToItsPlaceAsConfigured) {
  struct Case {
    const char* aad;
    bool other_field, other_key, other_dataset;  // opens there
  };
  for (const Case& bound :
       {Case{"field", false, true, true}, Case{"dataset", false, true, false},
        Case{"record_key", false, false, false}, Case{"tenant", true, true, true}}) {
    SCOPED_TRACE(bound.aad);
    const std::string there =
        sealed(seal_with(R"("aad":")" + std::string(bound.aad) + "\""), R"({"f":1})");
    const std::string moved = R"({"g")" + there.substr(4);
    EXPECT_EQ(!decrypt(moved).failed, bound.other_field);
    EXPECT_EQ(!run("decrypt", "{}", {record(there, "other")})[0].failed, bound.other_key);
    EXPECT_EQ(!in_dataset("others", record(there)).failed, bound.other_dataset);
    EXPECT_FALSE(decrypt(there).failed);
  }
}

TEST_F(Opening, FailsWhereWhatItIsBoundToIsNot) {
  const std::string there = sealed(seal_with(), R"({"f":1})");
  EXPECT_THAT(decrypt(R"({"g")" + there.substr(4)),
              FailsWith(ErrorKind::kBadRecord, "not authentic", "g"));
  const std::string keyed = sealed(seal_with(R"("aad":"record_key")"), R"({"f":1})");
  EXPECT_THAT(run("decrypt", "{}", {record(keyed, std::nullopt)})[0],
              FailsWith(ErrorKind::kBadRecord, "", "f"));
}

TEST_F(Opening, LeavesToAnotherTenantWhatIsItsOwn) {
  const std::string there = sealed(seal_with(), R"({"f":1})");
  kms_ = gateway("other");
  EXPECT_EQ(decrypt(there).failed, ErrorKind::kUnknownKey);
}

TEST_F(Opening, TellsErasedFromUnknownFromForged) {
  const std::string there = sealed(seal_with(), R"({"f":1})");
  std::string forged = there;
  forged[forged.size() - 6] = forged[forged.size() - 6] == 'A' ? 'B' : 'A';
  std::string unknown = there;
  const std::size_t id = unknown.find("enc1.") + 5 + 12;
  unknown[id] = unknown[id] == 'A' ? 'B' : 'A';
  for (const char* policy : {R"({"on_shredded":"null"})", R"({"on_shredded":"drop_record"})",
                             R"({"on_shredded":"drop_field"})"}) {
    EXPECT_THAT(decrypt(forged, policy), FailsWith(ErrorKind::kBadRecord, "not authentic", "f"));
    EXPECT_THAT(decrypt(unknown, policy), FailsWith(ErrorKind::kUnknownKey, "no key", "f"));
    EXPECT_EQ(decrypt(forged, policy).header("lethe.shredded"), std::nullopt);
  }
  shred("s");
  EXPECT_EQ(decrypt(there, R"({"on_shredded":"null"})").value(), R"({"f":null})");
  EXPECT_THAT(decrypt(unknown, R"({"on_shredded":"null"})"),
              FailsWith(ErrorKind::kUnknownKey, "no key", "f"));
}

TEST_F(Opening, PassesWhatUsersTypeUnlessTheFieldIsSelected) {
  for (const char* typed :
       {R"({"f":"enc1."})", R"({"f":"enc1.hello"})", R"({"f":"enc1. x"})", R"({"f":{"$enc":2}})",
        R"({"f":{"$enc":1}})", R"({"f":"clear"})", R"({"f":["enc1.x",1.0]})"})
    EXPECT_EQ(decrypt(typed).value(), typed);
  for (const char* typed : {R"({"f":"enc1."})", R"({"f":"enc1.hello"})", R"({"f":{"$enc":1}})"})
    EXPECT_THAT(decrypt(typed, R"({"fields":["f"]})"), FailsWith(ErrorKind::kBadRecord, "", "f"));
  EXPECT_EQ(decrypt(R"({"f":"clear"})", R"({"fields":["f"]})").value(), R"({"f":"clear"})");
  EXPECT_THAT(decrypt(R"({"f":"clear"})", R"({"fields":["f"],"on_not_encrypted":"fail"})"),
              FailsWith(ErrorKind::kBadRecord, "not encrypted", "f"));
}

TEST_F(Opening, OpensTheSelectedFieldsOnly) {
  const std::string there =
      sealed(R"({"subject":"s","fields":["f","a[*].g"]})", R"({"f":1,"a":[{"g":2},{"g":3.0}]})");
  const std::string some = decrypt(there, R"({"fields":["a[1].g"]})").value();
  EXPECT_THAT(some, HasSubstr("{\"g\":3.0}"));
  EXPECT_THAT(some, HasSubstr(R"("f":"enc1.)"));
  EXPECT_EQ(decrypt(some).value(), R"({"f":1,"a":[{"g":2},{"g":3.0}]})");
}

TEST_F(Opening, AcceptsWhatItIsToldToAccept) {
  const std::string there =
      sealed(seal_with(R"("algorithm":"AES128_GCM","aad":"tenant")"), R"({"f":1})");
  EXPECT_EQ(decrypt(there, R"({"accept":{"algorithms":["AES128_GCM"],"aad":["tenant"]}})").value(),
            R"({"f":1})");
  for (const char* narrower : {R"({"accept":{"algorithms":["AES256_GCM"]}})",
                               R"({"accept":{"aad":["field","dataset","record_key"]}})"})
    EXPECT_THAT(decrypt(there, narrower), FailsWith(ErrorKind::kBadRecord, "accept", "f"));
}

TEST_F(Opening, WritesTypedValuesAsJson) {
  using fields::ValueType;
  using namespace std::string_literals;
  const auto opened = [&](ValueType type, std::string_view body) {
    const Fate fate = decrypt(R"({ "f": )" + seal_by_hand("s", "f", type, body) + " }");
    return fate.failed ? fate.message : fate.value().substr(7, fate.value().size() - 9);
  };
  EXPECT_EQ(opened(ValueType::kInt64, "\xff\xff\xff\xff\xff\xff\xff\xfe"s), "-2");
  EXPECT_EQ(opened(ValueType::kInt32, "\x7f\xff\xff\xff"s), "2147483647");
  EXPECT_EQ(opened(ValueType::kUInt64, "\xff\xff\xff\xff\xff\xff\xff\xff"s),
            "18446744073709551615");
  EXPECT_EQ(opened(ValueType::kTrue, ""), "true");
  EXPECT_EQ(opened(ValueType::kFalse, ""), "false");
  EXPECT_EQ(opened(ValueType::kNull, ""), "null");
  EXPECT_EQ(opened(ValueType::kString, "a\"b\\\n\x01é"s), R"("a\"b\\\u000a\u0001é")");
  EXPECT_EQ(opened(ValueType::kBytes, "\x00\xff"s), R"("AP8=")");
  EXPECT_EQ(opened(ValueType::kDecimal, "\x00\x00\x00\x02\x30\x39"s), "123.45");
  EXPECT_EQ(opened(ValueType::kFloat64, "\x3f\xf8\x00\x00\x00\x00\x00\x00"s), "1.5");
  EXPECT_EQ(opened(ValueType::kFloat64, "\x7f\xf8\x00\x00\x00\x00\x00\x00"s),
            "the value has no JSON form");
}

}  // namespace
}  // namespace lethe::plugins
