// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/declared_messages.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/worker/pipeline/scripted_plugin.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::view;

struct Declared : ::testing::Test {
  ScriptedPlugin plugin;
  DeclaredMessages messages{*plugin.transform().module};
};

TEST_F(Declared, LetsATextThroughByPlaceAndByContent) {
  EXPECT_EQ(messages.find(view(kBad)), kBad);
  const std::string copy(kBad);
  const std::string_view found = messages.find(view(copy));
  EXPECT_EQ(found, kBad);
  EXPECT_NE(found.data(), copy.data()) << "the copy of the plugin need not live";
}

TEST_F(Declared, WithholdsEverythingElse) {
  EXPECT_EQ(messages.find(view("anna@example.com")), kWithheldMessage);
  EXPECT_EQ(messages.find(view(kBad.substr(1))), kWithheldMessage);
  EXPECT_EQ(messages.find(view(kBad.substr(0, 10))), kWithheldMessage);
  EXPECT_EQ(messages.find(view("")), kWithheldMessage);
  EXPECT_EQ(messages.find({nullptr, 0}), kWithheldMessage);
  EXPECT_EQ(messages.find({nullptr, 7}), kWithheldMessage);
}

TEST(ShowablePath, IsShortAndPrintable) {
  EXPECT_EQ(showable_path(view("contacts[*].email")), "contacts[*].email");
  EXPECT_EQ(showable_path({nullptr, 0}), "");
  EXPECT_EQ(showable_path(view("a\nb")), kWithheldPath);
  EXPECT_EQ(showable_path(view("gr\xc3\xbc\xc3\x9f")), kWithheldPath);
  EXPECT_EQ(showable_path(view(std::string(200, 'a'))), std::string(200, 'a'));
  EXPECT_EQ(showable_path(view(std::string(201, 'a'))), kWithheldPath);
}

}  // namespace
}  // namespace lethe::worker::pipeline
