// SPDX-License-Identifier: Apache-2.0
#include "kms/base64.h"

#include "gtest/gtest.h"

namespace lethe::kms {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(Base64, SpellsTheExamplesOfTheStandard) {
  const std::pair<std::string_view, std::string_view> examples[] = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [content, text] : examples) {
    EXPECT_EQ(to_base64(bytes(content)), text);
    EXPECT_EQ(from_base64(text), bytes(content)) << text;
  }
  EXPECT_EQ(to_base64(std::vector<std::uint8_t>{0xfb, 0xff, 0xfe}), "+//+");
}

TEST(Base64, HasOneSpellingForEachContent) {
  for (const std::string_view text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====",
                                      "=Zg=", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_", "Z g=", "Zg=A"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace lethe::kms
