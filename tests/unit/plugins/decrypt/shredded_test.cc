// SPDX-License-Identifier: Apache-2.0
//
// What a reader gets where the person was erased.

#include "plugins/decrypt/member.h"
#include "tests/unit/plugins/plugin_bench.h"

namespace lethe::plugins {
namespace {

using ::testing::HasSubstr;

class Shredded : public PluginBench {
 protected:
  // The document with `paths` sealed for an erased person and `kept` for another.
  std::string erased(const std::string& document, const std::string& paths) {
    static int number = 0;
    const std::string name = "gone-" + std::to_string(++number);
    const std::string there =
        sealed(R"({"subject":")" + name + R"(","fields":[)" + paths + "]}", document);
    shred(name);
    return there;
  }
};

TEST_F(Shredded, StaysSealedByDefaultAndSaysSo) {
  const std::string there = erased(R"({"f":1,"a":[{"g":2}],"c":3})", R"("f","a[*].g")");
  const Fate fate = decrypt(there);
  EXPECT_FALSE(fate.failed);
  EXPECT_EQ(fate.value(), there);
  EXPECT_EQ(fate.header("lethe.shredded"), "a[*].g,f");
  EXPECT_EQ(fate.header("h"), "head");
}

TEST_F(Shredded, BecomesNullOrAConstant) {
  const std::string there = erased(R"({"f":1, "g":"x"})", R"("f","g")");
  const Fate nulled = decrypt(there, R"({"on_shredded":"null"})");
  EXPECT_EQ(nulled.value(), R"({"f":null, "g":null})");
  EXPECT_EQ(nulled.header("lethe.shredded"), "f,g");
  EXPECT_EQ(decrypt(there, R"({"on_shredded":{"redact":"[\"gone\"]"}})").value(),
            R"({"f":"[\"gone\"]", "g":"[\"gone\"]"})");
}

TEST_F(Shredded, IsTakenOutWhereverItStands) {
  struct Case {
    const char* document;
    const char* paths;
    const char* left;
  };
  for (const Case& one :
       {Case{R"({"f":1,"b":2,"c":3})", R"("f")", R"({"b":2,"c":3})"},
        Case{R"({"b":2,"f":1,"c":3})", R"("f")", R"({"b":2,"c":3})"},
        Case{R"({"b":2,"c":3,"f":1})", R"("f")", R"({"b":2,"c":3})"},
        Case{R"({"f":1})", R"("f")", "{}"}, Case{R"({"f":1,"g":2})", R"("f","g")", "{}"},
        Case{R"({"f":1,"g":2,"c":3})", R"("f","g")", R"({"c":3})"},
        Case{R"({"c":3,"f":1,"g":2})", R"("f","g")", R"({"c":3})"},
        Case{R"({"f":1,"c":3,"g":2})", R"("f","g")", R"({"c":3})"},
        Case{R"({"a":{"f":1},"b":[]})", R"("a.f")", R"({"a":{},"b":[]})"},
        Case{R"({"a":[1,2,3]})", R"("a[0]")", R"({"a":[2,3]})"},
        Case{R"({"a":[1,2,3]})", R"("a[1]")", R"({"a":[1,3]})"},
        Case{R"({"a":[1,2,3]})", R"("a[2]")", R"({"a":[1,2]})"},
        Case{R"({"a":[1,2,3]})", R"("a[*]")", R"({"a":[]})"},
        Case{R"({"a\"b\\":1,"x":":"})", R"("['a\"b\\']")", R"({"x":":"})"},
        Case{R"({"x":"\"","f" : 1})", R"("f")", R"({"x":"\""})"}}) {
    SCOPED_TRACE(one.document);
    std::string paths = one.paths;
    for (std::size_t at = 0; (at = paths.find("a\"b\\", at)) != std::string::npos; at += 8)
      paths.replace(at, 4, R"(a\"b\\\\)");
    const Fate fate = decrypt(erased(one.document, paths), R"({"on_shredded":"drop_field"})");
    EXPECT_EQ(fate.value(), one.left);
    EXPECT_TRUE(fate.header("lethe.shredded"));
  }
}

TEST_F(Shredded, LeavesTheOthersToBeRead) {
  const std::string options = R"({"fields":[{"path":"f","subject":"a"},{"path":"g","subject":"b"},
      {"path":"i","subject":"a"}]})";
  const std::string there = sealed(options, R"({"f":1,"g":"y","i":3,"j":4})");
  shred("a");
  const Fate fate = decrypt(there, R"({"on_shredded":"drop_field"})");
  EXPECT_EQ(fate.value(), R"({"g":"y","j":4})");
  EXPECT_EQ(fate.header("lethe.shredded"), "f,i");
}

TEST_F(Shredded, MayCostTheRecordOrStopThePipeline) {
  const std::string there = erased(R"({"f":1})", R"("f")");
  EXPECT_TRUE(decrypt(there, R"({"on_shredded":"drop_record"})").dropped);
  const Fate buried = decrypt(there, R"({"on_shredded":"dead_letter"})");
  EXPECT_THAT(buried, FailsWith(ErrorKind::kShredded, "erased", "f"));
  EXPECT_EQ(buried.disposition, LETHE_DEAD_LETTER);
  const Fate stopped = decrypt(there, R"({"on_shredded":"fail"})");
  EXPECT_THAT(stopped, FailsWith(ErrorKind::kShredded, "erased", "f"));
  EXPECT_EQ(stopped.disposition, LETHE_STOP);
}

TEST(MemberRange, OfAWholeDocumentIsTheDocument) {
  const decrypt::Range range = decrypt::member_range(" 1 ", 1, 2, 0);
  EXPECT_EQ(range.begin, 1U);
  EXPECT_EQ(range.end, 2U);
}

TEST(MemberRange, TakesWhiteSpaceAndOneComma) {
  const std::string document = "{ \"a\" : 1 , \"b\" : 2 }";
  const std::size_t one = document.find('1');
  const decrypt::Range first = decrypt::member_range(document, one, one + 1, 0);
  EXPECT_EQ(document.substr(0, first.begin) + document.substr(first.end), "{ \"b\" : 2 }");
  const std::size_t two = document.find('2');
  const decrypt::Range second = decrypt::member_range(document, two, two + 1, 0);
  EXPECT_EQ(document.substr(0, second.begin) + document.substr(second.end), "{ \"a\" : 1  }");
  const decrypt::Range after = decrypt::member_range(document, two, two + 1, first.end);
  EXPECT_EQ(document.substr(0, first.begin) + document.substr(first.end, after.begin - first.end) +
                document.substr(after.end),
            "{  }");
}

}  // namespace
}  // namespace lethe::plugins
