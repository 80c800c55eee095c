// SPDX-License-Identifier: Apache-2.0

#include "lethe/options.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "lethe/testing/options_tree.h"

namespace lethe {
namespace {

using testing::OptionsTree;

TEST(Options, ReadsScalarsListsAndMapsByName) {
  OptionsTree tree;
  tree.set("field", "a.b").set("on", true).set("depth", 3);
  tree.set("words", OptionsTree::list({"x", "y"})).set("rule", OptionsTree().set("path", "p"));
  const Options options = tree.view();
  EXPECT_EQ(options.size(), 5u);
  EXPECT_EQ(options["field"].text(), "a.b");
  EXPECT_TRUE(options["on"].bool_or(false));
  EXPECT_EQ(options["depth"].int_or(0), 3);
  ASSERT_EQ(options["words"].size(), 2u);
  EXPECT_EQ(options["words"].at(1).text(), "y");
  EXPECT_EQ(options["rule"]["path"].text(), "p");
  EXPECT_EQ(options.name_at(4), "rule");
}

TEST(Options, AnswerTheFallbackForWhatWasNotGiven) {
  const OptionsTree tree;
  const Node missing = tree.view()["missing"];
  EXPECT_FALSE(missing);
  EXPECT_EQ(missing.text_or("fallback"), "fallback");
  EXPECT_TRUE(missing.bool_or(true));
  EXPECT_EQ(missing.int_or(-7), -7);
  EXPECT_EQ(missing.size(), 0u);
  EXPECT_FALSE(missing["deeper"]["still"]);
}

TEST(Options, AreAbsentBeyondTheEndOfAList) {
  OptionsTree tree;
  tree.set("words", OptionsTree::list({"x"}));
  const Options options = tree.view();
  EXPECT_FALSE(options["words"].at(1));
  EXPECT_FALSE(options["missing"].at(0));
  EXPECT_EQ(options["words"].name_at(0), "");
}

TEST(Options, ReadIntegersToTheirLimitsAndNoFurther) {
  OptionsTree tree;
  tree.set("least", "-9223372036854775808").set("most", "9223372036854775807");
  tree.set("beyond", "9223372036854775808").set("word", "12x").set("empty", "");
  const Options options = tree.view();
  EXPECT_EQ(options["least"].int_or(1), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(options["most"].int_or(1), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(options["beyond"].int_or(1), 1);
  EXPECT_EQ(options["word"].int_or(1), 1);
  EXPECT_EQ(options["empty"].int_or(1), 1);
}

TEST(Options, TellAnEmptyTextFromNone) {
  OptionsTree tree;
  tree.set("empty", "");
  EXPECT_TRUE(tree.view()["empty"]);
  EXPECT_EQ(tree.view()["empty"].text_or("fallback"), "");
}

}  // namespace
}  // namespace lethe
