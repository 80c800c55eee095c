// SPDX-License-Identifier: Apache-2.0
//
// Which values a selection finds, at which place, and what makes it refuse a record.

#include <gmock/gmock.h>

#include "tests/contract/field_editor/engines.h"

namespace lethe::fields {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JsonSelection : public EngineTest {
 protected:
  LocateError error(const std::vector<std::string>& fields, std::string_view document) const {
    return locate(fields, document).status.error;
  }
};

TEST_P(JsonSelection, FindsTheExactTokenOfEveryKind) {
  const Located located = locate(
      {"a", "b", "c", "d", "e", "f", "g"},
      R"( { "a" : "x\"y" , "b" : -1.50e+3 , "c":true,"d":false ,"e" : null, "f":{ "q" : [ 1 ] } , "g" : [ ] } )");
  ASSERT_TRUE(located.status);
  EXPECT_THAT(
      located.found,
      ElementsAre(Found{0, R"("x\"y")", path_of({"a"})}, Found{1, "-1.50e+3", path_of({"b"})},
                  Found{2, "true", path_of({"c"})}, Found{3, "false", path_of({"d"})},
                  Found{4, "null", path_of({"e"})}, Found{5, R"({ "q" : [ 1 ] })", path_of({"f"})},
                  Found{6, "[ ]", path_of({"g"})}));
}

TEST_P(JsonSelection, ReportsKindAndEscapes) {
  Hits hits;
  const std::string_view document =
      R"({"a":"x\n","b":"y","c":1,"d":null,"e":{},"f":[],"g":true,"h":false})";
  ASSERT_TRUE(editor(select({"a", "b", "c", "d", "e", "f", "g", "h"}))->locate(document, hits));
  ASSERT_EQ(hits.size(), 8u);
  const TokenKind kinds[] = {TokenKind::kString, TokenKind::kString, TokenKind::kNumber,
                             TokenKind::kNull,   TokenKind::kObject, TokenKind::kArray,
                             TokenKind::kTrue,   TokenKind::kFalse};
  for (std::size_t i = 0; i < hits.size(); ++i) {
    EXPECT_EQ(hits[i].kind, kinds[i]);
    EXPECT_EQ(hits[i].escaped, i == 0);
  }
}

TEST_P(JsonSelection, ReportsInDocumentOrderAndSkipsWhatIsMissing) {
  const Located located = locate({"a", "missing", "b"}, R"({"b":1,"x":{"a":5},"a":2})");
  EXPECT_THAT(located.found,
              ElementsAre(Found{2, "1", path_of({"b"})}, Found{0, "2", path_of({"a"})}));
}

TEST_P(JsonSelection, FollowsNestedNamesAndIndexes) {
  const std::string_view document =
      R"({"u":{"mail":"m","tags":["t0","t1",["t20","t21"]],"x.y":{"z":7}},"mail":"other"})";
  const Located located = locate(
      {"u.mail", "u.tags[1]", "u.tags[2][0]", "u['x.y'].z", "u.tags[9]", "['mail']"}, document);
  ASSERT_TRUE(located.status);
  EXPECT_THAT(located.found, ElementsAre(Found{0, "\"m\"", path_of({"u", "mail"})},
                                         Found{1, "\"t1\"", path_of({"u", "tags", "[*]"})},
                                         Found{2, "\"t20\"", path_of({"u", "tags", "[*]", "[*]"})},
                                         Found{3, "7", path_of({"u", "x.y", "z"})},
                                         Found{5, "\"other\"", path_of({"mail"})}));
}

TEST_P(JsonSelection, TellsADottedNameFromANestedOne) {
  EXPECT_THAT(locate({"a.b"}, R"({"a.b":1})").found, IsEmpty());
  EXPECT_THAT(locate({"['a.b']"}, R"({"a":{"b":1}})").found, IsEmpty());
}

TEST_P(JsonSelection, TakesEveryElementOfAnArray) {
  const Located located = locate({"c[*].e"}, R"({"c":[{"e":1},{"f":2},{"e":3},null]})");
  EXPECT_THAT(located.found, ElementsAre(Found{0, "1", path_of({"c", "[*]", "e"})},
                                         Found{0, "3", path_of({"c", "[*]", "e"})}));
  EXPECT_THAT(locate({"[*]"}, "[1,[2]]").found,
              ElementsAre(Found{0, "1", path_of({"[*]"})}, Found{0, "[2]", path_of({"[*]"})}));
}

TEST_P(JsonSelection, TakesEveryMemberOfAMapWithItsConcretePlace) {
  const Located located =
      locate({"m.*", "n.*.x"}, R"({"m":{"k":1,"l\u0021":[2]},"n":{"p":{"x":3},"q":{}}})");
  EXPECT_THAT(located.found,
              ElementsAre(Found{0, "1", path_of({"m", "k"})}, Found{0, "[2]", path_of({"m", "l!"})},
                          Found{1, "3", path_of({"n", "p", "x"})}));
}

TEST_P(JsonSelection, FindsANameAtAnyDepthIncludingTheTop) {
  const Located located =
      locate({"**.ssn"}, R"({"ssn":1,"a":{"ssn":2,"b":[{"ssn":[3]},[{"ssn":null}]]},"c":"ssn"})");
  EXPECT_THAT(located.found,
              ElementsAre(Found{0, "1", path_of({"ssn"})}, Found{0, "2", path_of({"a", "ssn"})},
                          Found{0, "[3]", path_of({"a", "b", "[*]", "ssn"})},
                          Found{0, "null", path_of({"a", "b", "[*]", "[*]", "ssn"})}));
}

TEST_P(JsonSelection, CombinesAnyDepthWithWhatStandsAroundIt) {
  const Located located =
      locate({"u.**.a.b", "**.list[0]"},
             R"({"u":{"a":{"b":1},"x":{"a":{"a":{"b":2}}}},"a":{"b":3},"y":{"list":[4,5]}})");
  EXPECT_THAT(located.found, ElementsAre(Found{0, "1", path_of({"u", "a", "b"})},
                                         Found{0, "2", path_of({"u", "x", "a", "a", "b"})},
                                         Found{1, "4", path_of({"y", "list", "[*]"})}));
}

TEST_P(JsonSelection, ComparesNamesDecoded) {
  EXPECT_THAT(locate({"userId"}, R"({"us\u0065rId":1})").found,
              ElementsAre(Found{0, "1", path_of({"userId"})}));
  EXPECT_THAT(locate({"stra\xC3\x9F"
                      "e"},
                     R"({"stra\u00dfe":2})")
                  .found,
              ElementsAre(Found{0, "2",
                                path_of({"stra\xC3\x9F"
                                         "e"})}));
  EXPECT_THAT(locate({"['\xF0\x9D\x84\x9E']"}, R"({"\uD834\udd1e":3})").found,
              ElementsAre(Found{0, "3", path_of({"\xF0\x9D\x84\x9E"})}));
  EXPECT_THAT(locate({R"(["a\"b"])"}, R"({"a\"b":4})").found,
              ElementsAre(Found{0, "4", path_of({"a\"b"})}));
}

TEST_P(JsonSelection, RefusesTheSameNameTwiceOnASelectedPath) {
  EXPECT_EQ(error({"a"}, R"({"a":1,"a":2})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"a"}, R"({"a":1,"b":0,"\u0061":2})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"a.b"}, R"({"a":{"b":1},"a":{}})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"a.b"}, R"({"a":null,"a":{"b":1}})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"a.b"}, R"({"a":{"b":1,"b":1}})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"a[*].b"}, R"({"a":[{},{"b":1,"b":1}]})"), LocateError::kDuplicateKey);
  EXPECT_EQ(locate(select({"x"}, {"id"}), R"({"id":1,"id":2})").status.target, 1u);
}

TEST_P(JsonSelection, RefusesAnyNameTwiceWhereAWildCardGoesThrough) {
  EXPECT_EQ(error({"m.*"}, R"({"m":{"k":1,"j":2,"\u006b":3}})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"*.x"}, R"({"k":null,"k":null})"), LocateError::kDuplicateKey);
  EXPECT_EQ(error({"**.ssn"}, R"({"p":[{"q":{"r":1,"r":2}}]})"), LocateError::kDuplicateKey);
  std::string many = "{";
  for (int i = 0; i < 500; ++i) many += "\"same-beginning-" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(locate({"*"}, many + R"("last":1})").status);
  EXPECT_EQ(error({"*"}, many + R"("same-beginning-77":1})"), LocateError::kDuplicateKey);
}

TEST_P(JsonSelection, LeavesDuplicatesAloneWhereNothingIsSelected) {
  EXPECT_THAT(locate({"a"}, R"({"b":1,"b":2,"c":{"a":1,"a":2},"a":3})").found,
              ElementsAre(Found{0, "3", path_of({"a"})}));
  EXPECT_TRUE(locate({"a"}, R"({"a":{"x":1,"x":2}})").status);
}

TEST_P(JsonSelection, ChecksDuplicatesAmongManySelectedNames) {
  std::vector<std::string> fields;
  std::string document = "{";
  for (int i = 0; i < 100; ++i) {
    fields.push_back("f" + std::to_string(i));
    document += "\"f" + std::to_string(i) + "\":0,";
  }
  EXPECT_EQ(locate(fields, document + R"("x":0})").found.size(), 100u);
  EXPECT_EQ(error(fields, document + R"("f99":0})"), LocateError::kDuplicateKey);
}

TEST_P(JsonSelection, RefusesAnUnexpectedShapeOnTheWay) {
  for (const char* value : {"1", "\"b\"", "true", "[]", "[{\"b\":1}]"}) {
    const std::string document = "{\"a\":" + std::string(value) + "}";
    EXPECT_EQ(error({"a.b"}, document), LocateError::kUnexpectedShape) << document;
    EXPECT_EQ(error({"a.*"}, document), LocateError::kUnexpectedShape) << document;
  }
  for (const char* value : {"1", "\"b\"", "false", "{}", "{\"0\":1}"}) {
    const std::string document = "{\"a\":" + std::string(value) + "}";
    EXPECT_EQ(error({"a[*]"}, document), LocateError::kUnexpectedShape) << document;
    EXPECT_EQ(error({"a[0]"}, document), LocateError::kUnexpectedShape) << document;
  }
  EXPECT_EQ(error({"a"}, "[]"), LocateError::kUnexpectedShape);
  EXPECT_EQ(error({"a"}, "\"a\""), LocateError::kUnexpectedShape);
  EXPECT_EQ(error({"*.b"}, R"({"x":{"b":1},"y":2})"), LocateError::kUnexpectedShape);
  EXPECT_EQ(error({"**.a.b"}, R"({"x":{"a":1}})"), LocateError::kUnexpectedShape);
  EXPECT_EQ(locate(select({"x"}, {"a.b"}), R"({"x":0,"a":1})").status.target, 1u);
}

TEST_P(JsonSelection, CountsNullAndAnIndexOutOfRangeAsMissing) {
  EXPECT_TRUE(locate({"a.b"}, R"({"a":null})").status);
  EXPECT_TRUE(locate({"a[*]"}, R"({"a":null})").status);
  EXPECT_TRUE(locate({"a"}, "null").status);
  EXPECT_TRUE(locate({"*.b"}, R"({"x":null})").status);
  EXPECT_TRUE(locate({"a[3]"}, R"({"a":[0,1,2]})").status);
  EXPECT_TRUE(locate({"a[0]"}, R"({"a":[]})").status);
  EXPECT_TRUE(locate({"a.*"}, R"({"a":{}})").status);
}

TEST_P(JsonSelection, ExpectsNoShapeBehindAnyDepthBeforeTheNextName) {
  EXPECT_TRUE(locate({"**.ssn"}, R"([1,"ssn",{"a":true}])").status);
  EXPECT_TRUE(locate({"**.ssn"}, "1").status);
  EXPECT_TRUE(locate({"u.**.ssn"}, R"({"u":5})").status);
}

TEST_P(JsonSelection, RefusesFieldsThatShareAValueOrLieInOneAnother) {
  EXPECT_EQ(error({"a", "a.b"}, R"({"a":{"b":1}})"), LocateError::kOverlap);
  EXPECT_EQ(error({"a.b", "*"}, R"({"a":{"b":1}})"), LocateError::kOverlap);
  EXPECT_EQ(error({"*.x", "a.*"}, R"({"a":{"x":1}})"), LocateError::kOverlap);
  EXPECT_EQ(error({"**.s"}, R"({"s":{"t":{"s":1}}})"), LocateError::kOverlap);
  EXPECT_EQ(error({"l[*]", "l[1]"}, R"({"l":[1,2]})"), LocateError::kOverlap);
  EXPECT_TRUE(locate({"*.x", "a.*"}, R"({"b":{"x":1},"a":{"y":1}})").status);
  EXPECT_TRUE(locate({"a", "a.b"}, R"({"a":null})").status);
}

TEST_P(JsonSelection, DeliversTemplateVariablesWhereverTheyLie) {
  const Located same = locate(select({"id", "p"}, {"id", "p.q", "id"}), R"({"p":{"q":1},"id":2})");
  ASSERT_TRUE(same.status);
  EXPECT_THAT(same.found,
              ElementsAre(Found{1, R"({"q":1})", path_of({"p"})},
                          Found{3, "1", path_of({"p", "q"})}, Found{0, "2", path_of({"id"})},
                          Found{2, "2", path_of({"id"})}, Found{4, "2", path_of({"id"})}));
  EXPECT_TRUE(locate(select({"p.q"}, {"p"}), R"({"p":{"q":1}})").status);
}

TEST_P(JsonSelection, RefusesAPlaceThatNoPathCanName) {
  const std::string name(1025, 'n');
  EXPECT_EQ(error({"*"}, "{\"" + name + "\":1}"), LocateError::kUnbindable);
  EXPECT_TRUE(locate({"*"}, "{\"" + name.substr(1) + "\":1}").status);
  EXPECT_EQ(error({"*"}, R"({"\u0000key":1})"), LocateError::kUnbindable);
  std::string deep = R"({"s":1})";
  for (int i = 0; i < 63; ++i) deep = "[" + deep + "]";
  EXPECT_EQ(locate({"**.s"}, deep).found.size(), 1u);
  EXPECT_EQ(error({"**.s"}, "[" + deep + "]"), LocateError::kUnbindable);
}

TEST_P(JsonSelection, RefusesANameWithoutUtf8OnlyWhereItMustBeCompared) {
  EXPECT_EQ(error({"a"}, R"({"\ud800":1,"a":2})"), LocateError::kMalformed);
  EXPECT_EQ(error({"**.a"}, R"({"x":{"\udc00":1}})"), LocateError::kMalformed);
  EXPECT_TRUE(locate({"a"}, R"({"x":{"\ud800":1},"a":"\ud800"})").status);
}

TEST_P(JsonSelection, LeavesEarlierHitsAloneWhenADocumentIsRefused) {
  const auto under_test = editor(select({"a", "m.*", "z.q"}));
  Hits hits;
  ASSERT_TRUE(under_test->locate(R"({"a":1,"m":{"s":2}})", hits));
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(under_test->locate(R"({"a":1,"m":{"s":2},"z":[]})", hits).error,
            LocateError::kUnexpectedShape);
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(hits.path(hits[0]), path_of({"a"}));
  EXPECT_EQ(hits.path(hits[1]), path_of({"m", "s"}));
  ASSERT_TRUE(under_test->locate(R"({"m":{"t":4},"a":3})", hits));
  ASSERT_EQ(hits.size(), 4u);
  EXPECT_EQ(hits.path(hits[2]), path_of({"m", "t"}));
  EXPECT_EQ(hits.path(hits[3]), path_of({"a"}));
}

TEST_P(JsonSelection, KeepsPathsApartWhenSeveralHitsAreFilledInTurn) {
  const auto under_test = editor(select({"aa", "bb"}));
  Hits first;
  Hits second;
  ASSERT_TRUE(under_test->locate(R"({"aa":1,"bb":2})", first));
  ASSERT_TRUE(under_test->locate(R"({"bb":2,"aa":1})", second));
  first.clear();
  first.paths() = "somebody else's bytes, long enough to be mistaken";
  ASSERT_TRUE(under_test->locate(R"({"bb":2,"aa":1})", first));
  for (const Hits* hits : {&first, &second}) {
    EXPECT_EQ(hits->path((*hits)[0]), path_of({"bb"}));
    EXPECT_EQ(hits->path((*hits)[1]), path_of({"aa"}));
  }
}

TEST(JsonSelectionMaking, RefusesSelectorsOutsideTheValue) {
  for (const char* path : {"$key", "$key.id", "$header.h"}) {
    const auto made = JsonEditor::make(select({path}));
    ASSERT_FALSE(made) << path;
    EXPECT_EQ(made.error().kind(), ErrorKind::kBadConfig);
  }
}

TEST(JsonSelectionMaking, RefusesSelectorsThatWouldNeedTooManyStates) {
  std::vector<std::string> fields;
  for (int i = 0; i < 24; ++i) {
    const std::string n = std::to_string(i);
    fields.push_back("**.a" + n + ".**.b" + n);
  }
  const auto made = JsonEditor::make(select(fields));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::kBadConfig);
}

TEST(JsonSelectionMaking, TakesAnyNumberOfPlainSelectors) {
  std::vector<std::string> fields{"**.anywhere"};
  for (int i = 0; i < 3000; ++i) fields.push_back("a.b" + std::to_string(i));
  EXPECT_TRUE(JsonEditor::make(select(fields)));
}

LETHE_FOR_EACH_ENGINE(JsonSelection);

}  // namespace
}  // namespace lethe::fields
