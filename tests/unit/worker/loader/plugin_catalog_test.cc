// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/plugin_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lethe/options.h"

namespace lethe::worker::loader {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

lethe_plugin table(std::uint32_t kind, std::string_view name) {
  lethe_plugin plugin{};
  plugin.kind = kind;
  plugin.name = to_view(name);
  return plugin;
}

const lethe_plugin kHeader = table(LETHE_TRANSFORM, "header");
const lethe_plugin kMask = table(LETHE_TRANSFORM, "mask");
const lethe_plugin kHeaderToo = table(LETHE_PREDICATE, "header");

TEST(PluginCatalog, TellsKindsApart) {
  PluginCatalog catalog;
  ASSERT_TRUE(catalog.add_library({{&kHeader, nullptr, "a.so"}}).has_value());
  ASSERT_TRUE(catalog.add_library({{&kHeaderToo, nullptr, "b.so"}}).has_value());
  EXPECT_EQ(catalog.find(LETHE_TRANSFORM, "header")->file, "a.so");
  EXPECT_EQ(catalog.find(LETHE_PREDICATE, "header")->file, "b.so");
  EXPECT_EQ(catalog.find(LETHE_ROOT_KEY_PROVIDER, "header"), nullptr);
  EXPECT_TRUE(catalog.has_file("a.so"));
  EXPECT_FALSE(catalog.has_file("c.so"));
}

TEST(PluginCatalog, TakesAllPluginsOfALibraryOrNone) {
  PluginCatalog catalog;
  ASSERT_TRUE(catalog.add_library({{&kHeader, nullptr, "a.so"}}).has_value());
  const auto second = catalog.add_library({{&kMask, nullptr, "b.so"}, {&kHeader, nullptr, "b.so"}});
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().message(), HasSubstr("b.so: offers the plugin \"header\""));
  EXPECT_THAT(second.error().message(), HasSubstr("a.so"));
  EXPECT_THAT(catalog.all(), SizeIs(1));
}

TEST(PluginCatalog, SaysWhatIsMissingAndWhatThereIs) {
  PluginCatalog catalog;
  EXPECT_EQ(catalog.missing(LETHE_PREDICATE, "odd").message(),
            "there is no predicate \"odd\"; no predicate was found in the plugin folders");
  catalog.add({&kHeader, nullptr, "a.so"});
  catalog.add({&kMask, nullptr, "a.so"});
  catalog.complain("/p/lethe-odd.so: is no Lethe plugin");
  EXPECT_EQ(
      catalog.missing(LETHE_TRANSFORM, "odd").message(),
      "there is no transform \"odd\"; there are header, mask; refused: /p/lethe-odd.so: is no "
      "Lethe plugin");
}

}  // namespace
}  // namespace lethe::worker::loader
