// SPDX-License-Identifier: Apache-2.0

#include "lethe/option_spec.h"

#include <gtest/gtest.h>

namespace lethe {
namespace {

TEST(OptionSpec, BecomesATableWithItsTypeFlagsAndDefault) {
  OptionSpec spec = text_option("token", "For whom.").required().secret();
  const lethe_option option = spec.abi();
  EXPECT_EQ(option.struct_size, sizeof(lethe_option));
  EXPECT_EQ(option.type, static_cast<std::uint32_t>(LETHE_TYPE_STRING));
  EXPECT_EQ(option.flags, LETHE_OPTION_REQUIRED | LETHE_OPTION_SECRET);
  EXPECT_EQ(to_text(option.name), "token");
  EXPECT_EQ(to_text(option.doc), "For whom.");
  EXPECT_EQ(option.default_text.data, nullptr);
  EXPECT_EQ(option.choices.data, nullptr);
  EXPECT_EQ(option.n_children, 0u);
}

TEST(OptionSpec, TellsAnEmptyDefaultFromNone) {
  OptionSpec spec = text_option("prefix", "").default_to("");
  EXPECT_NE(spec.abi().default_text.data, nullptr);
  EXPECT_EQ(spec.abi().default_text.size, 0u);
}

TEST(OptionSpec, CarriesItsChildrenAtEveryDepth) {
  OptionSpec spec = list_option(
      "rules", "Rules.",
      one_of_option(
          "", "",
          {text_option("", ""), map_option("", "", {enum_option("mode", "loud|quiet", "How.")})}));
  const lethe_option rules = spec.abi();
  ASSERT_EQ(rules.n_children, 1u);
  EXPECT_EQ(rules.child_stride, sizeof(lethe_option));
  const lethe_option& element = rules.children[0];
  ASSERT_EQ(element.type, static_cast<std::uint32_t>(LETHE_TYPE_ONE_OF));
  ASSERT_EQ(element.n_children, 2u);
  const lethe_option& map = element.children[1];
  ASSERT_EQ(map.n_children, 1u);
  EXPECT_EQ(to_text(map.children[0].name), "mode");
  EXPECT_EQ(to_text(map.children[0].choices), "loud|quiet");
}

}  // namespace
}  // namespace lethe
