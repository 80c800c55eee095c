// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/base64.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/hex.h"

namespace lethe::fields {
namespace {

using test::bytes_of;
using test::Octets;

std::string encode(std::span<const std::uint8_t> bytes) {
  std::string text(base64_size(bytes.size()), '?');
  EXPECT_EQ(encode_base64(bytes, text.data()), text.data() + text.size());
  return text;
}

bool decodes(std::string_view text) {
  Octets out(text.size());
  return decode_base64(text, out.data());
}

TEST(Base64, WritesTheAnswersOfRfc4648WithoutPadding) {
  EXPECT_EQ(encode(bytes_of("")), "");
  EXPECT_EQ(encode(bytes_of("f")), "Zg");
  EXPECT_EQ(encode(bytes_of("fo")), "Zm8");
  EXPECT_EQ(encode(bytes_of("foo")), "Zm9v");
  EXPECT_EQ(encode(bytes_of("foobar")), "Zm9vYmFy");
  EXPECT_EQ(encode(test::unhex("fbff")), "-_8");
}

TEST(Base64, ReadsBackEveryLengthAndEveryByte) {
  Octets bytes;
  for (int i = 0; i < 600; ++i) {
    const std::string text = encode(bytes);
    ASSERT_EQ(base64_decoded_size(text.size()), bytes.size());
    Octets back(bytes.size());
    ASSERT_TRUE(decode_base64(text, back.data()));
    ASSERT_EQ(back, bytes);
    bytes.push_back(static_cast<std::uint8_t>(i * 7));
  }
}

TEST(Base64, AcceptsOneTextPerByteStringOnly) {
  // Of all two-character texts, those are canonical whose last four bits are zero: 64 * 4.
  int canonical = 0;
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const char text[2] = {static_cast<char>(a), static_cast<char>(b)};
      canonical += decodes({text, 2}) ? 1 : 0;
    }
  EXPECT_EQ(canonical, 64 * 4);
}

// Wherever it stands in a text that is long enough for the fast way.
TEST(Base64, ReadsExactlyItsAlphabetAtEveryPlace) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t at = 0; at < 48; ++at)
    for (int c = 0; c < 256; ++c) {
      std::string text(48, 'q');
      text[at] = static_cast<char>(c);
      Octets out(base64_decoded_size(text.size()));
      const bool valid = kAlphabet.find(static_cast<char>(c)) != std::string_view::npos;
      ASSERT_EQ(decode_base64(text, out.data()), valid) << c << " at " << at;
      if (valid) {
        ASSERT_EQ(encode(out), text);
      }
    }
}

TEST(Base64, RefusesPaddingSpaceTheOtherAlphabetAndALoneCharacter) {
  for (const std::string_view text :
       {"Zg==", "Zm8=", "Zm9v\n", " Zm9v", "Zm9vZ", "Zm+v", "Zm/v", "Zm9v====", "A", "Zh", "Zm9"})
    EXPECT_FALSE(decodes(text)) << text;
  // Any single foreign character anywhere in a longer text.
  for (std::size_t at = 0; at < 16; ++at) {
    std::string text(16, 'A');
    text[at] = '\x80';
    EXPECT_FALSE(decodes(text)) << at;
  }
}

TEST(Base64, DecodesInPlace) {
  std::string text = "Zm9vYmFy";
  auto* bytes = reinterpret_cast<std::uint8_t*>(text.data());
  ASSERT_TRUE(decode_base64(text, bytes));
  EXPECT_EQ(text.substr(0, 6), "foobar");
}

}  // namespace
}  // namespace lethe::fields
