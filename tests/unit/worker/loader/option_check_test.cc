// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/option_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "lethe/option_spec.h"

namespace lethe::worker::loader {
namespace {

using ::testing::HasSubstr;

Result<void> check(std::vector<OptionSpec> specs) {
  std::vector<lethe_option> options;
  for (OptionSpec& spec : specs) options.push_back(spec.abi());
  lethe_plugin plugin{};
  plugin.name = to_view("p");
  plugin.options = options.data();
  plugin.n_options = options.size();
  plugin.option_stride = sizeof(lethe_option);
  return check_options(plugin, "p.so");
}

// A text inside that many lists, the outermost of which is named.
OptionSpec nested(int lists) {
  OptionSpec spec = text_option(lists == 0 ? "deep" : "", "");
  for (int i = 1; i <= lists; ++i) spec = list_option(i == lists ? "deep" : "", "", spec);
  return spec;
}

TEST(OptionCheck, FollowsOptionsDownToALimit) {
  EXPECT_TRUE(check({nested(kMaxOptionDepth - 1)}).has_value());
  const Result<void> deeper = check({nested(kMaxOptionDepth)});
  ASSERT_FALSE(deeper.has_value());
  EXPECT_THAT(deeper.error().message(),
              HasSubstr("p.so: the options of its plugin \"p\" at deep[]"));
}

TEST(OptionCheck, CountsTheOptionsOfAllLevels) {
  std::vector<OptionSpec> members(kMaxOptions / 2, text_option("", ""));
  const auto alternatives = [&](const char* name) { return one_of_option(name, "", members); };
  EXPECT_TRUE(check({alternatives("a")}).has_value());
  EXPECT_FALSE(check({alternatives("a"), alternatives("b")}).has_value());
}

TEST(OptionCheck, AcceptsDefaultsOfTheRightType) {
  EXPECT_TRUE(check({bool_option("a", "").default_to("true"), int_option("b", "").default_to("-12"),
                     enum_option("c", "first|second", "").default_to("second"),
                     text_option("d", "").default_to("anything")})
                  .has_value());
}

TEST(OptionCheck, RefusesDefaultsOfTheWrongType) {
  EXPECT_FALSE(check({bool_option("a", "").default_to("yes")}).has_value());
  EXPECT_FALSE(check({int_option("a", "").default_to("12x")}).has_value());
  EXPECT_FALSE(check({int_option("a", "").default_to("")}).has_value());
  EXPECT_FALSE(check({enum_option("a", "first|second", "").default_to("sec")}).has_value());
}

TEST(OptionCheck, RefusesAnEnumerationWithoutChoicesAndAListOfNothing) {
  EXPECT_FALSE(check({enum_option("a", "", "")}).has_value());
  EXPECT_FALSE(check({OptionSpec(LETHE_TYPE_LIST, "a", "")}).has_value());
  EXPECT_FALSE(check({OptionSpec(LETHE_TYPE_ONE_OF, "a", "")}).has_value());
  EXPECT_TRUE(check({map_option("a", "Free names.", {})}).has_value());
}

TEST(OptionCheck, RefusesTextThatIsNoUtf8) {
  EXPECT_FALSE(check({text_option("a", "caf\xe9")}).has_value());
  EXPECT_TRUE(check({text_option("a", "caf\xc3\xa9")}).has_value());
}

}  // namespace
}  // namespace lethe::worker::loader
