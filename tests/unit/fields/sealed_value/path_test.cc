// SPDX-License-Identifier: Apache-2.0
//
// Encoded bytes are in docs/formats/vectors/path.json; here is the grammar around them.

#include "plugins/fields/path.h"

#include <gtest/gtest.h>

namespace lethe::fields {
namespace {

using std::string_literals::operator""s;

Segment name(std::string text) {
  return {Segment::Kind::kName, std::move(text), 0};
}

Path parsed(std::string_view text) {
  Result<Path> path = parse_path(text);
  EXPECT_TRUE(path.has_value()) << text;
  return path ? *path : Path();
}

std::string complaint(std::string_view text) {
  const Result<Path> path = parse_path(text);
  EXPECT_FALSE(path.has_value()) << text;
  if (path) return "";
  EXPECT_EQ(path.error().kind(), ErrorKind::kBadConfig);
  return path.error().message();
}

TEST(Path, ReadsNamesIndexesAndQuotes) {
  EXPECT_EQ(parsed(""), Path());
  EXPECT_EQ(parsed("a.b"), (Path{name("a"), name("b")}));
  EXPECT_EQ(parsed("a['b.c'].d"), (Path{name("a"), name("b.c"), name("d")}));
  EXPECT_EQ(parsed(R"(["a\u00e9\"b"])"), (Path{name("a\u00e9\"b")}));
  EXPECT_EQ(parsed("[0][*]"),
            (Path{{Segment::Kind::kIndex, "", 0}, {Segment::Kind::kAnyIndex, "", 0}}));
  EXPECT_EQ(parsed("a[4294967295]").back().index, 4294967295u);
  EXPECT_EQ(parsed("it's.a-b:c"), (Path{name("it's"), name("a-b:c")}));
  EXPECT_EQ(parsed("a[\"\"]"), (Path{name("a"), name("")}));
}

TEST(Path, KnowsTwoReservedPlacesAndNoOthers) {
  EXPECT_EQ(parsed("$key"), (Path{name("\0key"s)}));
  EXPECT_EQ(parsed("$header.x"), (Path{name("\0header"s), name("x")}));
  EXPECT_EQ(parsed("a.$key"), (Path{name("a"), name("$key")}));
  EXPECT_EQ(parsed("[\"$key\"]"), (Path{name("$key")}));
  for (const std::string_view text : {"$", "$keys", "$KEY", "$value", "$headers.x"})
    EXPECT_NE(complaint(text).find("$key and $header"), std::string::npos) << text;
}

TEST(Path, RefusesEverythingOutsideTheGrammar) {
  for (const std::string& text : {"a b"s,
                                  "a."s,
                                  ".a"s,
                                  "a..b"s,
                                  "a["s,
                                  "a[]"s,
                                  "a[1"s,
                                  "a[01]"s,
                                  "a[+1]"s,
                                  "a[-1]"s,
                                  "a[4294967296]"s,
                                  "a[*"s,
                                  "a*"s,
                                  "*"s,
                                  "a]"s,
                                  "\"a\""s,
                                  "['a"s,
                                  "['a]"s,
                                  "['a'"s,
                                  "[\"a]"s,
                                  "[\"a\""s,
                                  "[\"\\x\"]"s,
                                  "[\"\\ud800\"]"s,
                                  "[\"\\u0000key\"]"s,
                                  "['a']b"s,
                                  "[a]"s,
                                  "a\tb"s,
                                  "a\x7f"s,
                                  "a\0b"s,
                                  "['a\nb']"s,
                                  "\xff"s,
                                  "['\xc3']"s,
                                  "a[ 1]"s})
    complaint(text);
}

TEST(Path, SaysWhereItStoppedButNotWhatItRead) {
  const std::string message = complaint("customer.secret-name..x");
  EXPECT_NE(message.find("at byte 22"), std::string::npos) << message;
  EXPECT_EQ(message.find("secret"), std::string::npos);
}

TEST(Path, HasLimits) {
  std::string deep = "a";
  for (std::size_t i = 1; i < kMaxSegments; ++i) deep += ".a";
  EXPECT_EQ(parsed(deep).size(), kMaxSegments);
  complaint(deep + ".a");
  EXPECT_EQ(parsed(std::string(kMaxNameSize, 'x')).front().name.size(), kMaxNameSize);
  complaint(std::string(kMaxNameSize + 1, 'x'));
}

TEST(Path, FormatsWhatParsesToTheSamePath) {
  const Path odd = {name("\0header"s),
                    name("a.b"),
                    name(""),
                    name("quote\"\\"),
                    name("\x01"),
                    name("$key"),
                    name("Stra\u00dfe"),
                    {Segment::Kind::kIndex, "", 7},
                    {Segment::Kind::kAnyIndex, "", 0}};
  EXPECT_EQ(parsed(format_path(odd)), odd);
  EXPECT_EQ(format_path(parsed("a.b[*].c[3]")), "a.b[*].c[3]");
  EXPECT_EQ(format_path({name("$key")}), "[\"$key\"]");
  EXPECT_EQ(format_path({}), "");
}

TEST(Path, DecodesExactlyWhatItEncodes) {
  for (const std::string_view text : {"", "a.b", "$key.id", "items[*].sku", "a[3]", "['']"}) {
    const std::string bytes = encode_path(parsed(text));
    const Result<Path> path = decode_path(bytes);
    ASSERT_TRUE(path.has_value()) << text;
    EXPECT_EQ(*path, parsed(text));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(decode_path(bytes.substr(0, size)).has_value()) << text << size;
    EXPECT_FALSE(decode_path(bytes + '\0').has_value());
  }
}

TEST(Path, DecodesNoForeignBytes) {
  for (const std::string& bytes :
       {"\0\1\0\0\1\xff"s, "\0\1\1\0\1x"s, "\0\1\2\0\3abc"s, "\0\1\3\0\0"s, "\0\x41"s,
        "\0\1\0\0\4\0abc"s, "\0\2\0\0\1a\0\0\4\0key"s})
    EXPECT_FALSE(decode_path(bytes).has_value());
}

}  // namespace
}  // namespace lethe::fields
