// SPDX-License-Identifier: Apache-2.0
#include "worker/config/options.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string view_text(lethe_view view) {
  return {view.data, view.size};
}
lethe_view view_of(std::string_view text) {
  return {text.data(), text.size()};
}

TEST(Options, CrossTheAbiAsATree) {
  ::setenv("LETHE_TEST_OPTION", "canary", 1);
  const Node tree =
      parse("a: x${LETHE_TEST_OPTION}\nb: [1, {c: d}]\nblank:\n", References::kResolve);
  const lethe_options options = as_options(tree);
  const lethe_node_functions& f = *options.functions;
  EXPECT_EQ(f.struct_size, sizeof f);
  EXPECT_EQ(f.kind(options.root), LETHE_NODE_MAP);
  EXPECT_EQ(f.size(options.root), 3U);
  EXPECT_EQ(view_text(f.name_at(options.root, 1)), "b");
  EXPECT_EQ(view_text(f.text(f.find(options.root, view_of("a")))), "xcanary");
  const lethe_node* list = f.find(options.root, view_of("b"));
  EXPECT_EQ(f.kind(list), LETHE_NODE_LIST);
  EXPECT_EQ(f.kind(f.at(list, 0)), LETHE_NODE_SCALAR);
  EXPECT_EQ(view_text(f.text(f.find(f.at(list, 1), view_of("c")))), "d");
  EXPECT_EQ(f.at(options.root, 1), list);
}

TEST(Options, AnswerNothingForWhatIsNotThere) {
  const Node tree = parse("a: x\nb: [1]\nblank:\n");
  const lethe_options options = as_options(tree);
  const lethe_node_functions& f = *options.functions;
  EXPECT_EQ(f.find(options.root, view_of("z")), nullptr);
  EXPECT_EQ(f.find(options.root, view_of("blank")), nullptr);
  EXPECT_EQ(f.at(options.root, 3), nullptr);
  EXPECT_EQ(f.name_at(options.root, 3).data, nullptr);
  const lethe_node* list = f.find(options.root, view_of("b"));
  EXPECT_EQ(f.at(list, 1), nullptr);
  EXPECT_EQ(f.name_at(list, 0).data, nullptr);
  EXPECT_EQ(f.find(list, view_of("b")), nullptr);
  EXPECT_EQ(f.text(list).size, 0U);
}

// Options of one transform, whose first line is 5 and whose members begin in line 6.
std::vector<std::string> said(const std::string& options,
                              References references = References::kKeep) {
  return lint("pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n" + options, references);
}

TEST(OptionCheck, FindsWhatTheDeclaredShapeForbids) {
  const auto one = [](const std::string& options, const std::string& complaint) {
    EXPECT_THAT(said(options), ElementsAre(StartsWith(complaint))) << options;
  };
  one("  - encrypt:\n      subject: s\n", "5:5: error: 'encrypt' needs the option 'fields'");
  one("  - encrypt:\n", "5:5: error: 'encrypt' needs the option 'fields'");
  one("  - encrypt:\n      subjet: s\n      fields: [a]\n",
      "6:7: error: unknown option 'subjet' of 'encrypt' (did you mean 'subject'?)");
  one("  - encrypt:\n      subject: s\n      fields: a\n",
      "7:15: error: 'fields' must be a list, not 'a'");
  one("  - encrypt:\n      subject: s\n      fields:\n",
      "7:7: error: 'fields' must be a list; there is no value");
  one("  - encrypt:\n      subject: [s]\n      fields: [a]\n",
      "6:16: error: 'subject' must be a text, not a list");
  one("  - encrypt:\n      subject: s\n      fields:\n        - {pth: a, path: a}\n",
      "8:12: error: unknown option 'fields[0].pth' of 'encrypt' (did you mean 'path'?)");
  one("  - encrypt:\n      subject: s\n      fields:\n        - b\n        - {subject: a}\n",
      "9:11: error: 'encrypt' needs the option 'fields[1].path'");
  one("  - encrypt:\n      subject: s\n      fields: [[a]]\n",
      "7:16: error: 'fields[0]' must be a text or a map, not a list");
  one("  - encrypt:\n      subject: s\n      fields: [{path: a, required: maybe}]\n",
      "7:36: error: 'fields[0].required' must be true or false, not 'maybe'");
  one("  - encrypt: {subject: s, fields: [a], padding: 1.5}\n",
      "5:49: error: 'padding' must be a whole number, not '1.5'");
  one("  - encrypt: {subject: s, fields: [a], padding: '${HOME}'}\n",
      "5:49: error: 'padding' must be a whole number, written out");
  one("  - decrypt: {on_shredded: {redct: x, redact: y}}\n",
      "5:29: error: unknown option 'on_shredded.redct' of 'decrypt' (did you mean 'redact'?)");
  one("  - decrypt: {on_shredded: nul}\n",
      "5:28: error: 'on_shredded' must be one of ciphertext, null, drop_record, fail, not 'nul' "
      "(did you mean 'null'?)");
  one("  - decrypt: {on_shredded: [null]}\n",
      "5:28: error: 'on_shredded' must be one of ciphertext, null, drop_record, fail or a map");
  one("  - decrypt: {accept: {algorithms: [{a: b}]}}\n",
      "5:37: error: 'accept.algorithms[0]' must be a text, not a map");
}

TEST(OptionCheck, FindsAnAlgorithmThatWeLack) {
  EXPECT_THAT(said("  - encrypt:\n      subject: s\n      fields:\n        - path: a\n"
                   "          algorithm: AES256_GCN\n"),
              ElementsAre("9:22: error: 'fields[0].algorithm' must be one of AES256_GCM, "
                          "AES128_GCM, not 'AES256_GCN' (did you mean 'AES256_GCM'?)"));
}

TEST(OptionCheck, TakesWhatFits) {
  for (const char* options : {
           "  - decrypt: {on_shredded: null}\n",
           "  - decrypt: {on_shredded: {redact: gone}}\n",
           "  - decrypt: {accept: {free: {any: [thing]}}}\n",
           "  - encrypt: {subject: s, padding: -3, fields: [a, {path: b, required: true}]}\n",
           "  - encrypt: {subject: s, fields: []}\n",
       })
    EXPECT_THAT(said(options), IsEmpty()) << options;
}

TEST(OptionCheck, PluginComplaintsPointIntoTheFile) {
  EXPECT_THAT(said("  - encrypt:\n      subject: s\n      fields:\n        - a\n"
                   "        - path: a\n"),
              ElementsAre("9:17: error: 'encrypt' refuses 'fields[1].path': this field is selected "
                          "twice"));
  EXPECT_THAT(said("  - encrypt:\n      subject: '{{record.value.a}}'\n      fields: [a]\n"),
              ElementsAre("6:16: error: 'encrypt' refuses 'subject': the template reads a field "
                          "that is itself encrypted"));
}

TEST(OptionCheck, AComplaintAboutWhatIsAbsentPointsAtItsParent) {
  EXPECT_THAT(said("  - encrypt:\n      fields:\n        - b\n        - path: a\n"),
              ElementsAre("7:11: error: 'encrypt' refuses 'fields[0].subject': no subject",
                          "8:11: error: 'encrypt' refuses 'fields[1].subject': no subject"));
}

TEST(OptionCheck, LintLeavesToTheRunWhatHangsOnAReference) {
  ::unsetenv("LETHE_TEST_ABSENT");
  const std::string options =
      "  - encrypt:\n      subject: 'forbidden-${LETHE_TEST_ABSENT}'\n      fields: [a]\n";
  EXPECT_THAT(said(options), ElementsAre(HasSubstr("warning: the environment variable")));
}

TEST(OptionCheck, ARunWithholdsThePluginsWordsWhereTheyMayQuoteASecret) {
  ::setenv("LETHE_TEST_OPTION", "canary", 1);
  EXPECT_THAT(said("  - encrypt:\n      subject: 'forbidden-${LETHE_TEST_OPTION}'\n"
                   "      fields: [a]\n",
                   References::kResolve),
              ElementsAre("6:16: error: 'encrypt' refuses 'subject': its words are withheld, since "
                          "they may quote a resolved reference"));
}

TEST(OptionCheck, SurvivesAPluginThatBreaksTheRules) {
  for (const Misbehaviour misbehaviour : {Misbehaviour::kThrows, Misbehaviour::kFailsSilently}) {
    const loader::PluginCatalog catalog = misbehaving_catalog(misbehaviour);
    Diagnostics diagnostics;
    const Node document = parse("pipeline: p\nsource: stdio\nsink: stdio\ntransforms: [rogue]\n");
    EXPECT_FALSE(load_pipeline(document, {catalog, {}}, diagnostics));
    EXPECT_THAT(lines(diagnostics),
                ElementsAre("4:14: error: 'rogue' could not check its options; this is a bug in "
                            "the plugin"));
  }
}

}  // namespace
}  // namespace lethe::worker::config
