// SPDX-License-Identifier: Apache-2.0
#include "kms/name_tag.h"

#include <string>

#include "gtest/gtest.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

TEST(NameTag, IsSipHash24With128Bits) {
  // Key 00 01 ... 0f, text 00 01 ... (n - 1): answers of OpenSSL 3.0.
  const std::pair<std::size_t, const char*> known[] = {
      {0, "a3817f04ba25a8e66df67214c7550293"},  {1, "da87c1d86b99af44347659119b22fc45"},
      {7, "a1f1ebbed8dbc153c0b84aa61ff08239"},  {8, "3b62a9ba6258f5610f83e264f31497b4"},
      {15, "5493e99933b0a8117e08ec0f97cfc3d9"}, {16, "6ee2a4ca67b054bbfd3315bf85230577"},
      {24, "2db479ae78bd50d8882a8a178a6132ad"}, {63, "5150d1772f50834a503e069a973fbd7c"},
  };
  for (const auto& [size, answer] : known) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(i));
    EXPECT_EQ(to_hex(siphash128(0x0706050403020100, 0x0f0e0d0c0b0a0908, text).bytes), answer)
        << size;
  }
}

TEST(NameTag, TellsNamesAndSuitesApart) {
  const NameTagger tagger;
  EXPECT_EQ(tagger.tag("ada", 1), tagger.tag("ada", 1));
  EXPECT_NE(tagger.tag("ada", 1), tagger.tag("ada", 5));
  EXPECT_NE(tagger.tag("ada", 1), tagger.tag("adb", 1));
  EXPECT_NE(tagger.tag(std::string_view("a\0", 2), 1), tagger.tag("a", 1));
}

TEST(NameTag, DiffersFromProcessToProcess) {
  EXPECT_NE(NameTagger().tag("ada", 1), NameTagger().tag("ada", 1));
}

}  // namespace
}  // namespace lethe::kms
