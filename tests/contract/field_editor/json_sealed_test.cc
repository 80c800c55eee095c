// SPDX-License-Identifier: Apache-2.0
//
// The search for sealed values: by prefix and by marker, decoded, outermost only.

#include <gmock/gmock.h>

#include "tests/contract/field_editor/engines.h"

namespace lethe::fields {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JsonSealed : public EngineTest {
 protected:
  std::vector<Found> found(std::string_view document) const {
    const Located located = locate(select_sealed(), document);
    EXPECT_TRUE(located.status) << document;
    return located.found;
  }
};

TEST_P(JsonSealed, FindsSealedTextAtAnyDepth) {
  EXPECT_THAT(
      found(R"({"a":"enc1.x","b":["enc1.y",{"c":"enc1."}],"d":"enc1","e":"xenc1.","f":""})"),
      ElementsAre(Found{0, R"("enc1.x")", path_of({"a"})},
                  Found{0, R"("enc1.y")", path_of({"b", "[*]"})},
                  Found{0, R"("enc1.")", path_of({"b", "[*]", "c"})}));
  EXPECT_THAT(found(R"( "enc1.z" )"), ElementsAre(Found{0, R"("enc1.z")", path_of({})}));
  EXPECT_THAT(found(R"("enc1")"), IsEmpty());
}

TEST_P(JsonSealed, FindsTextThatSpellsThePrefixWithEscapes) {
  EXPECT_THAT(
      found(
          R"({"a":"\u0065nc1.x","b":"enc1\u002ey","c":"enc1\\.","d":"\u0165nc1.","e":"enc\n1."})"),
      ElementsAre(Found{0, R"("\u0065nc1.x")", path_of({"a"})},
                  Found{0, R"("enc1\u002ey")", path_of({"b"})}));
}

TEST_P(JsonSealed, FindsMarkedObjectsWhereverTheMarkerStands) {
  EXPECT_THAT(
      found(R"({"a":{"$enc":1,"iv":""},"b":[{"iv":"","\u0024enc":1}],"c":{"x":{"$enc":2}}})"),
      ElementsAre(Found{0, R"({"$enc":1,"iv":""})", path_of({"a"})},
                  Found{0, R"({"iv":"","\u0024enc":1})", path_of({"b", "[*]"})},
                  Found{0, R"({"$enc":2})", path_of({"c", "x"})}));
  EXPECT_THAT(found(R"({"$enc":null})"), ElementsAre(Found{0, R"({"$enc":null})", path_of({})}));
  EXPECT_THAT(found(R"({"$en":1,"$encx":2,"a":"$enc","b":["$enc"]})"), IsEmpty());
}

TEST_P(JsonSealed, ReportsTheOutermostMarkedObjectAlone) {
  EXPECT_THAT(found(R"({"a":{"t":"enc1.x","o":{"$enc":1},"$enc":1,"u":"enc1.y"},"z":"enc1.z"})"),
              ElementsAre(Found{0, R"({"t":"enc1.x","o":{"$enc":1},"$enc":1,"u":"enc1.y"})",
                                path_of({"a"})},
                          Found{0, R"("enc1.z")", path_of({"z"})}));
}

TEST_P(JsonSealed, KnowsAMarkerOfAnotherName) {
  const Located located = locate(select_sealed("__sealed"),
                                 R"({"a":{"$enc":1},"b":{"__sealed":1},"c":{"__se\u0061led":1}})");
  EXPECT_THAT(located.found, ElementsAre(Found{0, R"({"__sealed":1})", path_of({"b"})},
                                         Found{0, R"({"__se\u0061led":1})", path_of({"c"})}));
}

TEST_P(JsonSealed, DecodesTheNamesOnTheWay) {
  EXPECT_THAT(found(R"({"\u00e9\"":{"\ud83d\ude00":"enc1.x"}})"),
              ElementsAre(Found{0, R"("enc1.x")", path_of({"\xC3\xA9\"", "\xF0\x9F\x98\x80"})}));
}

TEST_P(JsonSealed, SelectsNothingByNameSoDuplicatesAreNoMatter) {
  EXPECT_THAT(found(R"({"a":"enc1.x","a":"enc1.y"})"),
              ElementsAre(Found{0, R"("enc1.x")", path_of({"a"})},
                          Found{0, R"("enc1.y")", path_of({"a"})}));
}

TEST_P(JsonSealed, RefusesASealedValueAtAPlaceThatNoPathCanName) {
  EXPECT_EQ(locate(select_sealed(), R"({"\ud800":"enc1.x"})").status.error,
            LocateError::kUnbindable);
  EXPECT_EQ(locate(select_sealed(), R"({"\u0000key":{"$enc":1}})").status.error,
            LocateError::kUnbindable);
  EXPECT_TRUE(locate(select_sealed(), R"({"\ud800":"plain"})").status);
}

TEST_P(JsonSealed, TakesNoFieldListAndNoEmptyMarker) {
  EXPECT_FALSE(JsonEditor::make(select_sealed("")));
  Selection both = select({"a"});
  both.every_sealed_value = true;
  EXPECT_FALSE(JsonEditor::make(both));
}

LETHE_FOR_EACH_ENGINE(JsonSealed);

}  // namespace
}  // namespace lethe::fields
