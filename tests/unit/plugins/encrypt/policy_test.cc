// SPDX-License-Identifier: Apache-2.0
//
// What encrypt does with records that are odd, sealed already, incomplete, or about the erased.

#include "tests/unit/plugins/plugin_bench.h"

namespace lethe::plugins {
namespace {

using ::testing::HasSubstr;

class EncryptPolicy : public PluginBench {
 protected:
  static std::string with(const std::string& more) {
    return R"({"subject":"s","fields":["f"])" + (more.empty() ? "" : "," + more) + "}";
  }
};

TEST_F(EncryptPolicy, RefusesDocumentsThatCouldHideAField) {
  struct Case {
    const char* path;
    const char* document;
  };
  for (const Case& odd :
       {Case{"f", "not json canary"}, Case{"f", ""}, Case{"f", "{\"f\":1"},
        Case{"f", R"({"f":1} {})"}, Case{"f", R"({"f":1,"f":"canary"})"},
        Case{"f", R"({"f":1,"\u0066":"canary"})"}, Case{"a.f", R"({"a":{"f":1},"a":{}})"},
        Case{"a.f", R"({"a":["canary"]})"}, Case{"a[*].f", R"({"a":{"f":"canary"}})"},
        Case{"a[0]", R"({"a":"canary"})"}, Case{"f", "{\"f\":\"\xff\"}"}, Case{"f", R"({"f":01})"},
        Case{"f", R"({"f":"\x"})"}, Case{"f", R"({"f":1,})"}, Case{"f", R"([{"f":"canary"}])"}}) {
    SCOPED_TRACE(odd.document);
    const std::string options = R"({"subject":"s","fields":[")" + std::string(odd.path) + "\"]}";
    const Fate fate = encrypt(options, odd.document);
    EXPECT_EQ(fate.failed, ErrorKind::kBadRecord);
    EXPECT_EQ(fate.value(), odd.document);
    EXPECT_EQ(fate.message.find("canary"), std::string::npos);
    EXPECT_TRUE(fate.path.empty() || fate.path == odd.path) << fate.path;
  }
}

TEST_F(EncryptPolicy, SealsAKeyThatIsSpelledWithEscapes) {
  EXPECT_THAT(sealed(with(""), R"({"\u0066":"x"})"), HasSubstr(R"({"\u0066":"enc1.)"));
}

TEST_F(EncryptPolicy, OneBadRecordDoesNotTouchItsNeighbours) {
  const auto fates =
      run("encrypt", with(""), {record(R"({"f":1})"), record("{"), record(R"({"f":2})")});
  EXPECT_FALSE(fates[0].failed);
  EXPECT_TRUE(fates[1].failed);
  EXPECT_FALSE(fates[2].failed);
  EXPECT_EQ(decrypt(fates[2].value()).value(), R"({"f":2})");
}

TEST_F(EncryptPolicy, CountsMissingFieldsOrFails) {
  EXPECT_EQ(encrypt(with(""), R"({"g":1})").value(), R"({"g":1})");
  EXPECT_THAT(encrypt(with(R"("on_missing":"fail")"), R"({"g":1})"),
              FailsWith(ErrorKind::kBadRecord, "missing", "f"));
  const std::string required = R"({"subject":"s","fields":["f",{"path":"a.g","required":true}]})";
  EXPECT_THAT(encrypt(required, R"({"f":"x"})"),
              FailsWith(ErrorKind::kBadRecord, "missing", "a.g"));
  EXPECT_FALSE(encrypt(required, R"({"a":{"g":1}})").failed);
  EXPECT_FALSE(encrypt(required, R"({"a":{"g":null}})").failed) << "null is there";
}

TEST_F(EncryptPolicy, SealsNullsOnRequest) {
  EXPECT_EQ(encrypt(with(""), R"({"f":null})").value(), R"({"f":null})");
  const std::string there = sealed(with(R"("encrypt_nulls":"true")"), R"({"f":null})");
  EXPECT_EQ(decrypt(there).value(), R"({"f":null})");
}

TEST_F(EncryptPolicy, SealsAgainWhatIsSealedUnlessTold) {
  const std::string once = sealed(with(""), R"({"f":"x"})");
  const std::string twice = sealed(with(""), once);
  EXPECT_EQ(decrypt(twice).value(), once);
  EXPECT_EQ(encrypt(with(R"("on_already_encrypted":"skip")"), once).value(), once);
  EXPECT_THAT(encrypt(with(R"("on_already_encrypted":"fail")"), once),
              FailsWith(ErrorKind::kBadRecord, "already encrypted", "f"));
}

TEST_F(EncryptPolicy, SkipsOnlyWhatOpens) {
  const std::string skip = with(R"("on_already_encrypted":"skip")");
  std::string forged = sealed(with(""), R"({"f":"x"})");
  forged[forged.size() - 4] = forged[forged.size() - 4] == 'A' ? 'B' : 'A';
  const std::string elsewhere =
      R"({"f")" + sealed(R"({"subject":"s","fields":["g"]})", R"({"g":"x"})").substr(4);
  for (const std::string& imitation : {std::string(R"({"f":"enc1."})"),
                                       std::string(R"({"f":"enc1.4QEAAQ"})"), forged, elsewhere}) {
    const std::string there = sealed(skip, imitation);
    EXPECT_EQ(decrypt(there, R"({"fields":["f"]})").value(), imitation);
  }
  const std::string mixed = R"({"subject":"s","fields":["f","g"],"on_already_encrypted":"skip"})";
  const std::string half = sealed(with(""), R"({"f":"x","g":"y"})");
  const std::string whole = sealed(mixed, half);
  EXPECT_THAT(whole, HasSubstr(half.substr(0, half.find(",\"g\""))));
  EXPECT_EQ(decrypt(whole).value(), R"({"f":"x","g":"y"})");
}

TEST_F(EncryptPolicy, DoesAsToldWithNewDataOfTheErased) {
  sealed(with(""), R"({"f":"x"})");
  shred("s");
  EXPECT_THAT(encrypt(with(""), R"({"f":"x"})"), FailsWith(ErrorKind::kShredded, "erased", "f"));
  EXPECT_TRUE(encrypt(with(R"("on_erased_subject":"drop")"), R"({"f":"x"})").dropped);
  const std::string anew = sealed(with(R"("on_erased_subject":"recreate")"), R"({"f":"x"})");
  EXPECT_EQ(decrypt(anew).value(), R"({"f":"x"})");
}

TEST_F(EncryptPolicy, RefusesAFieldThatIsTooLarge) {
  const std::string large = R"({"f":")" + std::string(1 << 20, 'x') + "\"}";
  EXPECT_THAT(encrypt(with(""), large), FailsWith(ErrorKind::kBadRecord, "1 MiB", "f"));
  const std::string largest = R"({"f":")" + std::string((1 << 20) - 2, 'x') + "\"}";
  EXPECT_EQ(decrypt(sealed(with(""), largest)).value(), largest);
}

TEST_F(EncryptPolicy, RefusesSelectionsThatMeetInARecord) {
  const Fate fate = encrypt(R"({"subject":"s","fields":["a[0]","a[*].b"]})", R"({"a":[{"b":1}]})");
  EXPECT_EQ(fate.failed, ErrorKind::kBadRecord);
  EXPECT_EQ(fate.value(), R"({"a":[{"b":1}]})");
}

TEST_F(EncryptPolicy, WaitsWhileTheStoreIsAway) {
  auto stage = try_stage("encrypt", with(""));
  ASSERT_TRUE(stage);
  keys_.away = true;
  connectors::Batch batch = connectors::testing::batch_of({record(R"({"f":1})")}, 1);
  const Result<void> applied = (*stage)->apply(batch, 0);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind(), ErrorKind::kTransient);
  keys_.away = false;
  EXPECT_THAT(run(**stage, {record(R"({"f":1})")})[0].value(), HasSubstr("enc1."));
}

TEST_F(EncryptPolicy, RefusesOptionsThatCannotHold) {
  for (const char* options :
       {R"({"subject":"s","fields":[]})", R"({"fields":["f"]})",
        R"({"subject":"{{record.value.f}}","fields":["f"]})",
        R"({"subject":"s","fields":["f","f"]})", R"({"subject":"s","fields":["a","a.b"]})",
        R"({"subject":"s","fields":["f"],"algorithm":"AES256_SIV"})",
        R"({"subject":"s","fields":["f"],"as":"avro"})",
        R"({"subject":"s","fields":[{"path":"f","deterministic":"true"}]})"}) {
    const auto stage = try_stage("encrypt", options);
    ASSERT_FALSE(stage) << options;
    EXPECT_EQ(stage.error().kind(), ErrorKind::kBadConfig) << options;
  }
}

}  // namespace
}  // namespace lethe::plugins
