// SPDX-License-Identifier: Apache-2.0
//
// What is a JSON document and what is not, whoever looks at it and whatever he looks for.

#include <gmock/gmock.h>

#include "tests/contract/field_editor/engines.h"

namespace lethe::fields {
namespace {

using testing::ElementsAre;

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

const std::vector<std::string>& valid_documents() {
  static const std::vector<std::string> documents{
      "{}",
      "[]",
      "0",
      "-0",
      "\"\"",
      "null",
      "true",
      "false",
      "  {}  ",
      "\t\n\r [ ] \n",
      " \"a\" ",
      " 1 ",
      "[[],{}]",
      R"({"":0})",
      R"({"a":{"b":[1,{"c":null}]},"d":"e"})",
      R"([1,2.5,-3,4e5,-6.7E-8,9E+10,0.0,0e0])",
      R"([123456789012345678901234567890123456789012345678901234567890])",
      "1e99999",
      "-1E-99999",
      R"(["\"\\\/\b\f\n\r\t\u0000\uFFFF\u00e9"])",
      R"({"a\"b":"c\\"})",
      R"(["\ud834\udd1e"])",
      // Unpaired surrogates are RFC 8259, and nobody here needs their text.
      R"(["\ud800"])",
      R"(["\udc00x"])",
      R"(["\ud800\ud800"])",
      R"({"x":{"\udfff":1}})",
      "[\"\xC3\xA9\"]",
      "[\"\xE2\x82\xAC\"]",
      "[\"\xF0\x9F\x98\x80\"]",
      "[\"\xF4\x8F\xBF\xBF\"]",
      "[\"\x7F\"]",
      R"([{"a":1},{"a":2}])",
      R"({"x":1,"x":2})",
      R"({"x":{"a":1,"a":2}})",
      "[true,false,null]",
      "[ 1 , 2 ]",
      R"({ "x" : 1 , "y" : [ ] })",
      R"(["{}[],:"])",
      R"({"x":"\\"})",
      R"({"x":"\\\""})",
      "\"\\u0041\"",
      nested(1024, '[', ']'),
  };
  return documents;
}

const std::vector<std::string>& malformed_documents() {
  using namespace std::string_literals;
  static const std::vector<std::string> documents{
      "",
      " ",
      "\n\t",
      "{",
      "}",
      "[",
      "]",
      "{]",
      "[}",
      "[[]",
      "[]]",
      "{}}",
      "{{}}",
      "[}]",
      "[,]",
      "[1,]",
      "[,1]",
      "[1,,2]",
      "[1 2]",
      "[1\n2]",
      R"(["a" "b"])",
      R"(["a""b"])",
      "{,}",
      R"({"a"})",
      R"({"a":})",
      R"({"a" 1})",
      R"({"a":1,})",
      R"({"a":1 "b":2})",
      R"({"a"::1})",
      R"({:1})",
      R"({1:2})",
      R"({null:1})",
      R"({[]:1})",
      R"({"a":1,"b"})",
      R"({"a":1:2})",
      R"(["a":1])",
      "{} {}",
      "{}[]",
      "[] 1",
      "1 2",
      "1,2",
      "null null",
      "\"a\" \"b\"",
      "{}x",
      "[]#",
      ",",
      ":",
      R"({"a":{},})",
      R"({"a":[1,{"b":}]})",
      R"([1,{"b":2])",
      R"({"b":[2})",
      R"({a:1})",
      "{'a':1}",
      "[a]",
      "[nul]",
      "[nulll]",
      "[True]",
      "[tru]",
      "[truee]",
      "[fals]",
      "[falsey]",
      "[NaN]",
      "[Infinity]",
      "[-Infinity]",
      "nul",
      "t",
      "f",
      "n",
      "tru",
      "[01]",
      "[-01]",
      "[1.]",
      "[.5]",
      "[-]",
      "[-.5]",
      "[1e]",
      "[1e+]",
      "[1.5e-]",
      "[1.e5]",
      "[+1]",
      "[0x1]",
      "[1a]",
      "[1_000]",
      "[1;2]",
      "[123<]",
      "[1234567=1234567]",
      "[12345678?12345678]",
      "[1>]",
      "[1/2]",
      "[1 .5]",
      "[--1]",
      "[1-2]",
      "[1.2.3]",
      "[1e2e3]",
      "[1e2.5]",
      "[00]",
      "-",
      "01",
      "1.",
      ".5",
      "1e",
      "[1\"a\"]",
      "[\"a\"1]",
      "[true\"a\"]",
      "[1true]",
      "[1{}]",
      "[1[]]",
      R"(["a"{}])",
      "[\"a",
      "\"",
      "\"a",
      "[\"a]",
      R"(["\"])",
      R"(["\\\"])",
      R"(["\x"])",
      R"(["\a"])",
      R"(["\u"])",
      R"(["\u12"])",
      R"(["\u123"])",
      R"(["\u123g"])",
      R"(["\u 123"])",
      R"(["\U0041"])",
      R"(["\0"])",
      R"(["\'"])",
      R"({"\x":1})",
      R"({"a":"b\qc"})",
      R"([\n])",
      R"([\"a\"])",
      R"(\"a\")",
      R"({"a":1\})",
      R"([1,\ 2])",
      "[\"a\nb\"]",
      "[\"a\tb\"]",
      "[\"\x01\"]",
      "[\"\x1F\"]",
      "[\"a\0b\"]"s,
      "{\"\n\":1}",
      "[1\0]"s,
      "{}\0"s,
      "\0{}"s,
      "[\"\xFF\"]",
      "[\"\x80\"]",
      "[\"\xC3\"]",
      "[\"\xC0\xAF\"]",
      "[\"\xED\xA0\x80\"]",
      "[\"\xF5\x80\x80\x80\"]",
      "[\"\xE2\x82\"]",
      "[\"\xF0\x9F\x98\"]",
      "[\"\xF4\x90\x80\x80\"]",
      "{\"\xFF\":1}",
      "\xC3\xA9",
      "[\xC3\xA9]",
      "[1]\xFF",
      "{}\xC3",
      "\xEF\xBB\xBF{}",
      "\xFE\xFF",
      "[1]\x0C",
      "[1,\x0B 2]",
      "[\x0C]",
      "[1\x0C 2]",
      "{\"a\"\x1A 1}",
      "[1\x0C,2]",
      "[\xC2\xA0]",
      "/**/[]",
      "[1]//",
      "[1/**/]",
      "[\"a\\",
      "\"\\",
      "\"\\\"",
      "{\"a\":\"b\\\"}",
      "[1]]]]",
      "[[[1]",
      "{\"a\":{\"b\":1}",
      "[{]}",
      R"({"x":1]})",
      R"([{"x":1])",
      R"([{"a":1,2}])",
      R"([[1,2],[3,])",
      "[1,[2,[3,[4,",
      "{\"a\":{\"a\":{\"a\":",
  };
  return documents;
}

// Selections that send a document down every kind of walk.
const std::vector<Selection>& selections() {
  static const std::vector<Selection> all{
      {},
      select({"zz"}),
      select({"zz.y[*].w"}),
      select({"**.zz"}),
      select({"zz.*"}),
      select_sealed(),
      select({"a"}, {"b"}),
  };
  return all;
}

class JsonValidity : public EngineTest {};

TEST_P(JsonValidity, AcceptsEveryJsonValue) {
  for (const std::string& document : valid_documents()) {
    EXPECT_TRUE(locate(Selection{}, document).status) << document;
    EXPECT_TRUE(locate(select_sealed(), document).status) << document;
    const Located whole = locate({""}, document);
    ASSERT_TRUE(whole.status) << document;
    const std::size_t begin = document.find_first_not_of(" \t\r\n");
    const std::size_t end = document.find_last_not_of(" \t\r\n") + 1;
    EXPECT_THAT(whole.found,
                ElementsAre(Found{0, document.substr(begin, end - begin), path_of({})}));
  }
}

TEST_P(JsonValidity, RefusesWhatIsMalformedAnywhereWhateverIsSelected) {
  for (const Selection& selection : selections()) {
    const auto under_test = editor(selection);
    for (const std::string& document : malformed_documents()) {
      const Located located = fields::locate(*under_test, document);
      EXPECT_EQ(located.status.error, LocateError::kMalformed) << testing::PrintToString(document);
      EXPECT_TRUE(located.found.empty());
    }
  }
}

TEST_P(JsonValidity, RefusesWhatIsMalformedBehindAndInsideASelectedField) {
  for (const std::string& bad : malformed_documents()) {
    const std::string behind = R"({"a":"secret","rest":)" + bad + "}";
    const std::string inside = R"({"a":)" + bad + "}";
    const std::string before = R"({"rest":[{"x":)" + bad + R"(}],"a":1})";
    for (const std::string& document : {behind, inside, before}) {
      for (const auto& fields : {std::vector<std::string>{"a"}, {"a.b"}, {"**.a"}, {"*"}}) {
        const Located located = locate(fields, document);
        // Some of the table become valid by what is around them, e.g. a missing bracket.
        if (located.status) {
          EXPECT_TRUE(locate(Selection{}, document).status) << document;
        } else {
          EXPECT_TRUE(located.found.empty());
        }
        if (locate(Selection{}, document).status.error == LocateError::kMalformed) {
          EXPECT_EQ(located.status.error, LocateError::kMalformed) << document;
        }
      }
    }
  }
}

TEST_P(JsonValidity, SaysMalformedEvenIfTheSelectionComplainedFirst) {
  EXPECT_EQ(locate({"a"}, R"({"a":1,"a":2,"b":01})").status.error, LocateError::kMalformed);
  EXPECT_EQ(locate({"a.b"}, R"({"a":1,"b":[})").status.error, LocateError::kMalformed);
  EXPECT_EQ(locate({"a", "*"}, R"({"a":1} {})").status.error, LocateError::kMalformed);
  EXPECT_EQ(locate({"a.b"}, R"({"a"::1})").status.error, LocateError::kMalformed);
}

TEST_P(JsonValidity, StopsAt1024Levels) {
  for (const Selection& selection : selections()) {
    const auto under_test = editor(selection);
    for (const auto& [open, close] : {std::pair{'[', ']'}}) {
      EXPECT_EQ(fields::locate(*under_test, nested(kMaxDepth + 1, open, close)).status.error,
                LocateError::kTooDeep);
    }
    std::string objects;
    for (std::uint32_t i = 0; i < kMaxDepth; ++i) objects += "{\"zy\":";
    const std::string closing(kMaxDepth, '}');
    EXPECT_TRUE(fields::locate(*under_test, objects + "1" + closing).status);
    EXPECT_EQ(fields::locate(*under_test, objects + "{}" + closing).status.error,
              LocateError::kTooDeep);
    EXPECT_EQ(fields::locate(*under_test, objects + "[1]" + closing).status.error,
              LocateError::kTooDeep);
  }
}

TEST_P(JsonValidity, RefusesADocumentThatPositionsCannotCount) {
  const std::string_view huge("{}", std::size_t{0xFFFFFFFFu} - 62);  // never read
  Hits hits;
  EXPECT_EQ(editor({})->locate(huge, hits).error, LocateError::kTooLarge);
}

LETHE_FOR_EACH_ENGINE(JsonValidity);

}  // namespace
}  // namespace lethe::fields
