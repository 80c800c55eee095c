// SPDX-License-Identifier: Apache-2.0
#include "worker/config/transforms.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Transforms start in line 5.
std::string with(const std::string& transforms) {
  return "pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n" + transforms;
}

std::vector<std::string> said(const std::string& transforms) {
  return lint(with(transforms));
}

TEST(Transforms, NameOnePluginEach) {
  const PipelineConfig config =
      load(with("  - encrypt: {subject: s, fields: [a]}\n  - decrypt\n  - decrypt:\n"));
  ASSERT_EQ(config.transforms.size(), 3U);
  EXPECT_EQ(config.transforms[1].plugin, "decrypt");
  EXPECT_TRUE(config.transforms[1].options.is_map());
  EXPECT_EQ(config.transforms[2].options.size(), 0U);
  EXPECT_EQ(to_string(config.transforms[0].place), "p.yaml:5:5");
}

TEST(Transforms, HavePredicatesWithOptions) {
  const PipelineConfig config =
      load(with("  - decrypt: {}\n    when: {header: {name: h}}\n    unless: tombstone\n"));
  EXPECT_EQ(config.transforms[0].when->plugin, "header");
  EXPECT_EQ(config.transforms[0].when->options.find("name")->text(), "h");
  EXPECT_EQ(config.transforms[0].unless->plugin, "tombstone");
}

TEST(Transforms, AMissingPluginIsNamedWithItsNeighboursAndFolders) {
  EXPECT_THAT(said("  - encyrpt: {fields: [a]}\n"),
              ElementsAre("5:5: error: no transform 'encyrpt' is installed (did you mean "
                          "'encrypt'?); there are: encrypt, decrypt; searched: /opt/plugins, "
                          "lib/lethe/plugins"));
  EXPECT_THAT(said("  - decrypt\n    \n  - tombstone\n"),
              ElementsAre("7:5: error: 'tombstone' is a predicate; write it under 'when:'"));
  EXPECT_THAT(said("  - decrypt: {}\n    when: tombston\n"),
              ElementsAre(StartsWith("6:11: error: no predicate 'tombston' is installed (did you "
                                     "mean 'tombstone'?)")));
  EXPECT_THAT(said("  - decrypt: {}\n    when: encrypt\n"),
              ElementsAre("6:11: error: 'encrypt' is a transform, not a predicate"));
}

TEST(Transforms, MalformedEntriesAreErrors) {
  EXPECT_THAT(said("  - encrypt: {subject: s, fields: [a]}\n    decrypt: {}\n"),
              ElementsAre(StartsWith("6:5: error: one entry names two transforms, 'encrypt' and "
                                     "'decrypt'")));
  EXPECT_THAT(said("  - when: tombstone\n"),
              ElementsAre(StartsWith("5:5: error: an entry of 'transforms' names one plugin")));
  EXPECT_THAT(said("  - {}\n"), ElementsAre(StartsWith("5:5: error: an entry of")));
  EXPECT_THAT(said("  -\n"), ElementsAre(HasSubstr("error: an entry of")));
  EXPECT_THAT(said("  - [decrypt]\n"), ElementsAre(StartsWith("5:5: error: an entry of")));
  EXPECT_THAT(said("  - decrypt: all\n"),
              ElementsAre("5:14: error: the options of 'decrypt' must be a map, not a text"));
  EXPECT_THAT(said("  - decrypt: {}\n    when: [a]\n"),
              ElementsAre(StartsWith("6:5: error: 'when' names one predicate")));
  EXPECT_THAT(said("  - decrypt: {}\n    when: {header: x}\n"),
              ElementsAre(StartsWith("6:20: error: the options of 'header' must be a map")));
}

TEST(Transforms, NoneIsFine) {
  EXPECT_THAT(lint("pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n"), IsEmpty());
  EXPECT_THAT(lint("pipeline: p\nsource: stdio\nsink: stdio\ntransforms: []\n"), IsEmpty());
}

}  // namespace
}  // namespace lethe::worker::config
