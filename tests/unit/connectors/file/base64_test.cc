// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lethe::connectors::file {
namespace {

TEST(Base64, AgreesWithTheExamplesOfItsSpecificationBothWays) {
  const std::vector<std::pair<std::string, std::string>> examples = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
  Arena arena;
  for (const auto& [bytes, text] : examples) {
    std::string encoded;
    append_base64(bytes, encoded);
    EXPECT_EQ(encoded, text);
    std::string_view decoded;
    ASSERT_TRUE(decode_base64(text, arena, decoded)) << text;
    EXPECT_EQ(decoded, bytes);
  }
}

TEST(Base64, CarriesEveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  std::string encoded;
  append_base64(bytes, encoded);
  Arena arena;
  std::string_view decoded;
  ASSERT_TRUE(decode_base64(encoded, arena, decoded));
  EXPECT_EQ(decoded, bytes);
}

TEST(Base64, RefusesWhatItWouldNotHaveWritten) {
  Arena arena;
  std::string_view decoded;
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg= ", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm-v", "Zg==Zg=="}) {
    EXPECT_FALSE(decode_base64(text, arena, decoded)) << text;
  }
}

}  // namespace
}  // namespace lethe::connectors::file
