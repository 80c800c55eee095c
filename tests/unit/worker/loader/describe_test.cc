// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/plugin_loader/fixtures/fixtures.h"
#include "worker/loader/loader.h"

namespace lethe::worker::loader {
namespace {

using ::testing::HasSubstr;

class DescribeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_library(file_);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    guest_ = *std::move(loaded);
  }

  const std::string file_ = fixtures::library("guest");
  std::vector<LoadedPlugin> guest_;
};

TEST_F(DescribeTest, PrintsTheReferenceOfTheOptionsByPath) {
  EXPECT_EQ(describe_text(guest_[0]), "guest 1.2.3 (transform, " + file_ + R"()
Writes a constant in front of the value.

Options
  prefix                      text, default > 
      What to write.
  rules                       list of map
      Rules, unused.
  rules[].path                text, required
      Where.
  rules[].mode                loud|quiet, default loud
      How.
  rules[].depth               integer, default 3
      How deep.
  rules[].token               text, secret
      For whom.
  when                        text or list of text
      A name or several.
)");
}

TEST_F(DescribeTest, AnswersTheSameTreeAsJson) {
  const json::Value plugin = describe_json(guest_[0]);
  EXPECT_EQ(*plugin.find("name")->string(), "guest");
  EXPECT_EQ(*plugin.find("kind")->string(), "transform");
  EXPECT_EQ(*plugin.find("file")->string(), file_);
  const json::Array& options = *plugin.find("options")->array();
  ASSERT_EQ(options.size(), 3u);
  EXPECT_EQ(options[0].dump(), R"({"name":"prefix","type":"string","required":false,)"
                               R"("secret":false,"doc":"What to write.","default":"> "})");
  const json::Value& rule = options[1].find("children")->array()->at(0);
  EXPECT_EQ(*rule.find("type")->string(), "map");
  EXPECT_EQ(rule.find("children")->array()->at(1).find("choices")->dump(), R"(["loud","quiet"])");
  EXPECT_EQ(rule.find("children")->array()->at(3).find("secret")->boolean(), true);
  EXPECT_EQ(*options[2].find("type")->string(), "one_of");
}

TEST_F(DescribeTest, InspectsALibraryWithItsAbiAndMessages) {
  const std::string text = inspect_text(guest_);
  EXPECT_THAT(text, HasSubstr(file_));
  EXPECT_THAT(text, HasSubstr("module   guest 1.2.3"));
  EXPECT_THAT(text, HasSubstr("ABI      1.0, needs at least 1.0"));
  EXPECT_THAT(text, HasSubstr("plugin   guest (transform) 1.2.3"));
  EXPECT_THAT(text, HasSubstr("message  the value is empty"));
  const json::Value value = inspect_json(guest_);
  EXPECT_EQ(*value.find("abi")->string(), "1.0");
  EXPECT_EQ(value.find("plugins")->array()->size(), 1u);
}

TEST_F(DescribeTest, ListsPluginsAndWhatWasRefused) {
  PluginCatalog catalog;
  EXPECT_EQ(list_text(catalog), "no plugins\n");
  catalog.add(guest_[0]);
  catalog.complain("/p/lethe-x.so: is no Lethe plugin");
  EXPECT_EQ(list_text(catalog), "guest               transform           1.2.3       " + file_ +
                                    "\nrefused: /p/lethe-x.so: is no Lethe plugin\n");
  const json::Value value = list_json(catalog);
  EXPECT_EQ(value.find("plugins")->array()->at(0).find("version")->dump(), "\"1.2.3\"");
  EXPECT_EQ(value.find("refused")->dump(), R"(["/p/lethe-x.so: is no Lethe plugin"])");
}

TEST(DescribeTestOfPlainC, SaysWhenThereAreNoOptions) {
  const auto plain = load_library(fixtures::library("plain"));
  ASSERT_TRUE(plain.has_value());
  EXPECT_THAT(describe_text((*plain)[0]), HasSubstr("It takes no options."));
  EXPECT_EQ(describe_json((*plain)[0]).find("options")->dump(), "[]");
}

}  // namespace
}  // namespace lethe::worker::loader
