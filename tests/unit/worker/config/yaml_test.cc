// SPDX-License-Identifier: Apache-2.0
#include "worker/config/yaml.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> complaints(std::string_view text) {
  Diagnostics diagnostics;
  parse_yaml(text, kFile, References::kKeep, diagnostics);
  return lines(diagnostics);
}

std::string at(const Node& node) {
  return std::to_string(node.place().line) + ":" + std::to_string(node.place().column);
}

TEST(Yaml, KeepsOrderTextAndPlaces) {
  const Node tree = parse("b: 1\na:\n  - x\n  - {k: 'v'}\n");
  ASSERT_EQ(tree.members().size(), 2U);
  EXPECT_EQ(tree.members()[0].name, "b");
  EXPECT_EQ(tree.members()[1].name, "a");
  EXPECT_EQ(tree.members()[1].place.line, 2);
  const Node& list = *tree.find("a");
  EXPECT_TRUE(list.is_list());
  EXPECT_EQ(at(list.items()[0]), "3:5");
  EXPECT_EQ(at(*list.items()[1].find("k")), "4:9");
  EXPECT_TRUE(list.items()[1].find("k")->quoted());
  EXPECT_FALSE(list.items()[0].quoted());
}

TEST(Yaml, CountsColumnsInCharacters) {
  const Node tree = parse("{ü: é, key: v}");
  EXPECT_EQ(at(*tree.find("key")), "1:13");
}

TEST(Yaml, KeepsHowANullWasSpelled) {
  const Node tree = parse("a: null\nb: ~\nc:\nd: ''\n");
  EXPECT_EQ(tree.find("a")->text(), "null");
  EXPECT_EQ(tree.find("b")->text(), "~");
  EXPECT_TRUE(tree.find("c")->is_blank());
  EXPECT_FALSE(tree.find("d")->is_blank());
}

TEST(Yaml, AnAliasStandsForItsAnchorAndHasItsPlace) {
  const Node tree = parse("a: &x {k: v}\nb: *x\n");
  EXPECT_EQ(tree.find("b")->find("k")->text(), "v");
  EXPECT_EQ(at(*tree.find("b")), "1:4");
}

TEST(Yaml, DropsAByteOrderMark) {
  EXPECT_EQ(at(*parse("\xEF\xBB\xBF"
                      "a: b")
                    .find("a")),
            "1:4");
}

TEST(Yaml, RefusesWhatHidesMistakes) {
  const std::vector<Complaint> table = {
      {"a: 1\nb: 2\na: 3\n", "3:1: error: 'a' was already given at line 1"},
      {"a: {k: 1, k: 2}\n", "1:11: error: 'k' was already given at line 1"},
      {"a: 1\n---\nb: 2\n", "2:1: error: a second document begins here"},
      {"- a\nb: c\n", "2:1: error: this does not continue what stands above"},
      {"a: !secret x\n", "1:4: error: tags ('!...') are not used here"},
      {"a: !x [b]\n", "1:4: error: tags"},
      {"a: &x {b: 1}\n<<: *x\n", "2:1: error: merge keys ('<<') are not supported"},
      {"? [a]\n: b\n", "1:3: error: a name must be plain text"},
      {"topic: {{record.topic}}\n", "1:9: error: a name must be plain text; put a text that"},
      {"a: &x [*x]\n", "1:8: error: this alias stands inside its own anchor"},
      {"a: 1\n: b\n", "2:1: error: a name is missing before ':'"},
  };
  for (const Complaint& row : table)
    EXPECT_THAT(complaints(row.text), ElementsAre(StartsWith(row.complaint))) << row.text;
}

TEST(Yaml, OfANameGivenTwiceTheFirstValueStays) {
  Diagnostics diagnostics;
  const auto tree = parse_yaml("a: 1\nb: 2\na: 3\n", kFile, References::kKeep, diagnostics);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->size(), 2U);
  EXPECT_EQ(tree->find("a")->text(), "1");
}

TEST(Yaml, ExplainsSyntaxErrorsInItsOwnWordsAtTheirPlace) {
  const std::vector<Complaint> table = {
      {"a:\n\tb: c\n", "2:1: error: a tab in the indentation; YAML wants spaces"},
      {"a: {b: c\n", "2:1: error: a '{' is not closed by '}'"},
      {"a: [b, c\n", "2:1: error: a '[' is not closed by ']'"},
      {"a: b: c\n", "1:5: error: a second ':' on this line; put the text in quotes"},
      {"a: @x\n", "1:4: error: a character that cannot begin a value"},
      {"a: *x\n", "1:4: error: there is no anchor of this name above"},
      {"a: \"\\q\"\n", "1:7: error: an unknown escape"},
      {"a:\n  b: 1\n c: 2\n", "3:2: error: a 'name: value' line is expected here"},
      {"a: 'x\nb: 1\n", "1:4: error: this quoted text is not closed"},
      {"a: \"x\\\"\nb: 1\n", "1:4: error: this quoted text is not closed"},
  };
  for (const Complaint& row : table)
    EXPECT_THAT(complaints(row.text), ElementsAre(StartsWith(row.complaint))) << row.text;
}

TEST(Yaml, TakesQuotesThatAreEscapedOrFollowedByAComment) {
  const Node tree = parse("a: 'it''s'\nb: \"say \\\"x\\\"\" # why\n");
  EXPECT_EQ(tree.find("a")->text(), "it's");
  EXPECT_EQ(tree.find("b")->text(), "say \"x\"");
}

TEST(Yaml, RefusesBytesThatAreNotText) {
  EXPECT_THAT(complaints("a: b\nc: \xFF\n"),
              ElementsAre(StartsWith("2:4: error: this is not UTF-8")));
  EXPECT_THAT(complaints(std::string_view("a: \0b", 5)),
              ElementsAre(StartsWith("1:4: error: this is not UTF-8")));
  EXPECT_THAT(complaints("\xFF\xFE"
                         "a"),
              ElementsAre(StartsWith("1:1: error: this is not UTF-8")));
  EXPECT_THAT(complaints("a: \xED\xA0\x80"), ElementsAre(StartsWith("1:4: error:")));
  EXPECT_THAT(complaints("a: \xC0\xAF"), ElementsAre(StartsWith("1:4: error:")));
}

TEST(Yaml, RefusesAnEmptyFileAndAMissingOne) {
  EXPECT_THAT(complaints(""), ElementsAre(HasSubstr("the file is empty")));
  EXPECT_THAT(complaints("# nothing\n"), ElementsAre(HasSubstr("the file is empty")));
  Diagnostics diagnostics;
  EXPECT_FALSE(read_yaml("/nowhere/p.yaml", References::kKeep, diagnostics));
  EXPECT_THAT(lines(diagnostics),
              ElementsAre("/nowhere/p.yaml: error: the file cannot be read; look at its name and "
                          "permissions"));
  EXPECT_FALSE(read_yaml("/", References::kKeep, diagnostics));
}

TEST(Yaml, BoundsWhatAliasesAndNestingMayBecome) {
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 0; j < 9; ++j) laughs += "," + below;
    laughs += "]\n";
  }
  EXPECT_THAT(complaints(laughs), ElementsAre(HasSubstr("aliases make this file too large")));
  EXPECT_THAT(complaints("a: " + std::string(100, '[') + std::string(100, ']')),
              ElementsAre(HasSubstr("nested too deeply")));
  const std::string half = std::string(40, '[') + "x" + std::string(40, ']');
  const std::string deep = std::string(40, '[') + "*x" + std::string(40, ']');
  EXPECT_THAT(complaints("a: &x " + half + "\nb: " + deep),
              ElementsAre(HasSubstr("nests values too deeply")));
}

}  // namespace
}  // namespace lethe::worker::config
