// SPDX-License-Identifier: Apache-2.0
//
// Encrypt then decrypt gives the input back byte for byte, whatever the document looks like.

#include "tests/unit/plugins/plugin_bench.h"

namespace lethe::plugins {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RoundTrip : public PluginBench {
 protected:
  void expect_same(const std::string& options, const std::string& document,
                   const std::vector<std::string>& hidden = {}) {
    const std::string there = sealed(options, document);
    for (const std::string& word : hidden) EXPECT_THAT(there, Not(HasSubstr(word)));
    const Fate back = decrypt(there);
    EXPECT_FALSE(back.failed) << back.message;
    EXPECT_EQ(back.value(), document);
  }
  static std::string one_field(const std::string& path, const std::string& more = "") {
    return R"({"subject":"{{record.key}}","fields":[")" + path + "\"]" + more + "}";
  }
};

const char* const kTokens[] = {
    "1e3",
    "1E+3",
    "1.0",
    "-0",
    "-0.0",
    "0.1e-7",
    "1234567890123456789012345678901234567890",
    "1e99999",
    "true",
    "false",
    R"("")",
    R"("plain")",
    R"("\u00e9\ud83d\ude00 \" \\ \/ \b\f\n\r\t")",
    R"("é😀")",
    R"("enc1.typed by somebody")",
    R"({"$enc":1})",
    "{}",
    "[]",
    "{ }",
    "[ ]",
    R"([1, 2.50 ,[ "x" ] ])",
    R"({"b" : 1,"a":{"c":[null,{}]}})",
    R"({"a":1,"a":2})",
};

TEST_F(RoundTrip, KeepsEveryTokenInBothCarriersAndAllPaddings) {
  for (const char* token : kTokens)
    for (const char* carrier : {"text", "object"})
      for (const char* padding : {"none", "bucket", "padme"}) {
        SCOPED_TRACE(std::string(token) + " " + carrier + " " + padding);
        expect_same(one_field("f", std::string(R"(,"as":")") + carrier + R"(","padding":")" +
                                       padding + "\""),
                    std::string(R"({"z":1.0,"f":)") + token + R"(,"a":"x"})");
      }
}

TEST_F(RoundTrip, KeepsWhiteSpaceAndTheOrderOfMembers) {
  for (const char* document :
       {"{\"f\":1}", " {\t\"z\" : 1e0 ,\n \"f\"\r:\t[ 1 , 2 ] , \"a\":\"\" } \n",
        R"({"f" :"x"   , "\u0061" :1})", "{\"z\":{\"f\":2},\"f\": 1 }"})
    expect_same(one_field("f"), document);
}

TEST_F(RoundTrip, FindsFieldsByEveryKindOfPath) {
  const std::string document =
      R"({"list":[{"e":"hide-1","n":1},{"n":2},{"e":"hide-2"}],"map":{"a":"hide-3","b":4.0},)"
      R"("deep":[[{"ssn":"hide-4"}],{"x":{"ssn":{"y":"hide-5"}}}],"odd.name":"hide-6"})";
  for (const auto& [path, hidden] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"list[*].e", {"hide-1", "hide-2"}},
           {"list[0].e", {"hide-1"}},
           {"list[2]", {"hide-2"}},
           {"list[*]", {"hide-1", "hide-2"}},
           {"map.*", {"hide-3"}},
           {"map", {"hide-3"}},
           {"**.ssn", {"hide-4", "hide-5"}},
           {"deep[1].x.ssn", {"hide-5"}},
           {"['odd.name']", {"hide-6"}}}) {
    SCOPED_TRACE(path);
    expect_same(one_field(path), document, hidden);
  }
}

TEST_F(RoundTrip, KeepsEveryBindingAndSuite) {
  for (const char* aad : {"field", "dataset", "record_key", "tenant"})
    for (const char* suite : {"AES256_GCM", "AES128_GCM"})
      expect_same(
          one_field("f", std::string(R"(,"aad":")") + aad + R"(","algorithm":")" + suite + "\""),
          R"({"f":"x"})");
}

TEST_F(RoundTrip, KeepsManyFieldsOfManyPeopleInOneBatch) {
  auto stage = try_stage("encrypt", R"({"fields":[{"path":"a","subject":"a-{{record.value.i}}"},
      {"path":"b","subject":"b-{{record.value.i}}","algorithm":"AES128_GCM"},
      {"path":"c[*]","subject":"a-{{record.value.i}}"}]})");
  ASSERT_TRUE(stage) << stage.error().message();
  std::vector<OwnedRecord> clear;
  for (int i = 0; i < 500; ++i) {
    const std::string n = std::to_string(i % 40);
    clear.push_back(record(R"({"a":"x)" + n + R"(","i":)" + n + R"(,"b":)" + n + R"(.0,"c":[1,")" +
                           n + "\"]}"));
  }
  std::vector<OwnedRecord> there;
  for (Fate& fate : run(**stage, clear)) there.push_back(std::move(fate.out));
  EXPECT_NE(there[0].value, clear[0].value);
  std::vector<OwnedRecord> back;
  for (Fate& fate : run("decrypt", "{}", there)) back.push_back(std::move(fate.out));
  EXPECT_EQ(back, clear);
}

TEST_F(RoundTrip, GivesAnotherCiphertextEachTime) {
  EXPECT_NE(sealed(one_field("f"), R"({"f":1})"), sealed(one_field("f"), R"({"f":1})"));
}

TEST_F(RoundTrip, HidesTheLengthIfAsked) {
  const auto length = [&](const std::string& padding, const std::string& text) {
    return sealed(one_field("f", R"(,"padding":")" + padding + "\""), R"({"f":")" + text + "\"}")
        .size();
  };
  const std::string text(130, 'a');
  for (const char* padding : {"bucket", "padme"})
    EXPECT_EQ(length(padding, text), length(padding, text + "a")) << padding;
  EXPECT_NE(length("none", text), length("none", text + "a"));
}

TEST_F(RoundTrip, LeavesTombstonesAlone) {
  OwnedRecord tombstone = record("");
  tombstone.value.reset();
  for (const char* plugin : {"encrypt", "decrypt"}) {
    const auto fates = run(plugin, plugin == std::string("encrypt") ? one_field("f") : "{}",
                           std::vector<OwnedRecord>{tombstone});
    EXPECT_EQ(fates[0].out, tombstone);
    EXPECT_FALSE(fates[0].failed);
  }
}

TEST_F(RoundTrip, KeepsAllButTheValue) {
  const OwnedRecord clear = record(R"({"f":1})");
  Fate fate = run("encrypt", one_field("f"), std::vector<OwnedRecord>{clear}).front();
  fate.out.value = clear.value;
  EXPECT_EQ(fate.out, clear);
}

}  // namespace
}  // namespace lethe::plugins
