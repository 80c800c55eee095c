// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/selector.h"

#include <gmock/gmock.h>

namespace lethe::fields {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Step::Kind;

Step name(std::string text) {
  return {Kind::kName, std::move(text), 0};
}
const Step kAnyIndex{Kind::kAnyIndex, {}, 0};
const Step kAnyMember{Kind::kAnyMember, {}, 0};
const Step kAnyDepth{Kind::kAnyDepth, {}, 0};
Step index(std::uint32_t i) {
  return {Kind::kIndex, {}, i};
}

std::vector<Step> steps(std::string_view text) {
  return Selector::parse(text).value().steps();
}

bool covers(std::string_view outer, std::string_view inner) {
  return covers(Selector::parse(outer).value(), Selector::parse(inner).value());
}
bool overlaps(std::string_view a, std::string_view b) {
  const Selector first = Selector::parse(a).value();
  const Selector second = Selector::parse(b).value();
  EXPECT_EQ(overlaps(first, second), overlaps(second, first));
  return overlaps(first, second);
}
bool passes_through(std::string_view path, std::string_view field) {
  return passes_through(Selector::parse(path).value(), Selector::parse(field).value());
}

TEST(Selector, ReadsThePathsOfTheSpecification) {
  EXPECT_THAT(steps(""), ElementsAre());
  EXPECT_THAT(steps("user.email"), ElementsAre(name("user"), name("email")));
  EXPECT_THAT(steps("items[*].sku"), ElementsAre(name("items"), kAnyIndex, name("sku")));
  EXPECT_THAT(steps("items[3][0]"), ElementsAre(name("items"), index(3), index(0)));
  EXPECT_THAT(steps("[4294967295]"), ElementsAre(index(4294967295u)));
  EXPECT_THAT(steps(R"(user["e.mail"])"), ElementsAre(name("user"), name("e.mail")));
  EXPECT_THAT(steps("['e.mail'].x"), ElementsAre(name("e.mail"), name("x")));
  EXPECT_THAT(steps(R"(['a\u0041'])"), ElementsAre(name(R"(a\u0041)")));
  EXPECT_THAT(steps(R"(["a\u0041\"\ud834\udd1e"])"), ElementsAre(name("aA\"\xF0\x9D\x84\x9E")));
  EXPECT_THAT(steps(R"([""].x)"), ElementsAre(name(""), name("x")));
  EXPECT_THAT(steps("stra\xC3\x9F"
                    "e.a-b_c$"),
              ElementsAre(name("stra\xC3\x9F"
                               "e"),
                          name("a-b_c$")));
}

TEST(Selector, ReadsReservedPlaces) {
  using namespace std::string_literals;
  EXPECT_THAT(steps("$key"), ElementsAre(name("\0key"s)));
  EXPECT_THAT(steps("$key.id"), ElementsAre(name("\0key"s), name("id")));
  EXPECT_THAT(steps("$header.x-user"), ElementsAre(name("\0header"s), name("x-user")));
  EXPECT_THAT(steps(R"(["$key"])"), ElementsAre(name("$key")));
  EXPECT_THAT(steps("a.$key"), ElementsAre(name("a"), name("$key")));
  EXPECT_TRUE(Selector::parse("$key").value().is_outside_value());
  EXPECT_FALSE(Selector::parse("a.$key").value().is_outside_value());
}

TEST(Selector, ReadsBareWildCards) {
  EXPECT_THAT(steps("m.*"), ElementsAre(name("m"), kAnyMember));
  EXPECT_THAT(steps("*"), ElementsAre(kAnyMember));
  EXPECT_THAT(steps("*[0].x"), ElementsAre(kAnyMember, index(0), name("x")));
  EXPECT_THAT(steps("**.ssn"), ElementsAre(kAnyDepth, name("ssn")));
  EXPECT_THAT(steps("a.**['b']"), ElementsAre(name("a"), kAnyDepth, name("b")));
  EXPECT_THAT(steps("a.**[*]"), ElementsAre(name("a"), kAnyDepth, kAnyIndex));
}

TEST(Selector, KnowsWhatItMaySelect) {
  const auto parse = [](std::string_view text) { return Selector::parse(text).value(); };
  EXPECT_FALSE(parse("a[0].b").selects_many());
  EXPECT_TRUE(parse("a[*].b").selects_many());
  EXPECT_FALSE(parse("a[*].b").has_open_names());
  EXPECT_TRUE(parse("a.*").has_open_names());
  EXPECT_TRUE(parse("**.a").has_open_names());
}

TEST(Selector, RefusesEverythingElseWithItsPositionAndARemedy) {
  const std::vector<std::pair<std::string, int>> bad{
      {"a..b", 3},
      {".a", 1},
      {"a.", 3},
      {"a[-1]", 3},
      {"$foo.a", 1},
      {"$keys", 1},
      {"a b", 2},
      {"a[", 2},
      {"a[]", 3},
      {"a[01]", 3},
      {"a[1", 4},
      {"a[4294967296]", 3},
      {"a[1]b", 5},
      {"a]", 2},
      {"a\"b\"", 2},
      {"a['b", 2},
      {"a['b'", 6},
      {"a[\"b]", 2},
      {"a[b]", 3},
      {"a[**]", 4},
      {"a[*", 4},
      {"*a", 2},
      {"a*", 2},
      {"a.*b", 4},
      {"***", 1},
      {"**", 3},
      {"a.**", 5},
      {"**.**.a", 4},
      {"$header", 8},
      {"[\"\\u0000key\"]", 3},
      {"[\"\\ud800\"]", 3},
      {"[\"\\x\"]", 3},
      {"a\tb", 2},
      {"a['\x01']", 4},
      {"a[\"\n\"]", 4},
      {"[\"a\\", 1},
      {"a.[0]", 3},
  };
  for (const auto& [text, byte] : bad) {
    const auto parsed = Selector::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(parsed.error().message(), HasSubstr("byte " + std::to_string(byte) + ":")) << text;
  }
  EXPECT_FALSE(Selector::parse("a\xFF"));
}

TEST(Selector, HasLimits) {
  const std::string long_name(1024, 'n');
  EXPECT_TRUE(Selector::parse(long_name));
  EXPECT_FALSE(Selector::parse(long_name + "n"));
  std::string deep = "a";
  for (int i = 1; i < 64; ++i) deep += ".a";
  EXPECT_TRUE(Selector::parse(deep));
  EXPECT_FALSE(Selector::parse(deep + ".a"));
}

TEST(Covers, MeansEverythingInnerSelectsIsThereOrInside) {
  EXPECT_TRUE(covers("a", "a"));
  EXPECT_TRUE(covers("a", "a.b[0]"));
  EXPECT_FALSE(covers("a.b", "a"));
  EXPECT_TRUE(covers("", "**.x"));
  EXPECT_TRUE(covers("a[*]", "a[3].x"));
  EXPECT_FALSE(covers("a[3]", "a[*]"));
  EXPECT_TRUE(covers("*.x", "a.x.y"));
  EXPECT_FALSE(covers("a.x", "*.x"));
  EXPECT_TRUE(covers("**.ssn", "ssn"));
  EXPECT_TRUE(covers("**.ssn", "a[0].b.ssn.c"));
  EXPECT_TRUE(covers("**.ssn", "a.**.ssn"));
  EXPECT_TRUE(covers("**.ssn", "**.a.ssn"));
  EXPECT_FALSE(covers("a.**.ssn", "**.ssn"));
  EXPECT_FALSE(covers("a.b", "a.**.b"));
  EXPECT_TRUE(covers("**.a.**.b", "x.a.y.a.z.b"));
  EXPECT_FALSE(covers("**.a.**.b", "x.b.y.a"));
  EXPECT_TRUE(covers("**.*", "a.**.x"));
}

TEST(Covers, CostsNothingWithManyWildCards) {
  std::string outer;
  std::string inner;
  for (int i = 0; i < 31; ++i) outer += "**.a.";
  for (int i = 0; i < 63; ++i) inner += "a.";
  EXPECT_FALSE(covers(outer + "b", inner + "c"));
}

TEST(Overlaps, IsWhatCanBeProved) {
  EXPECT_TRUE(overlaps("a", "a"));
  EXPECT_TRUE(overlaps("a", "a.b"));
  EXPECT_TRUE(overlaps("user.ssn", "**.ssn"));
  EXPECT_TRUE(overlaps("m.*", "m.a"));
  EXPECT_TRUE(overlaps("l[0].x", "l[*]"));
  EXPECT_FALSE(overlaps("a", "b"));
  EXPECT_FALSE(overlaps("a.b", "['a.b']"));
  EXPECT_FALSE(overlaps("l[0]", "l[1]"));
  EXPECT_FALSE(overlaps("*.x", "a.*"));      // only where a record has a.x
  EXPECT_FALSE(overlaps("user", "**.ssn"));  // only where a user has one
}

TEST(PassesThrough, FindsATemplateThatReadsWhatIsEncrypted) {
  EXPECT_TRUE(passes_through("id", "id"));
  EXPECT_TRUE(passes_through("user.id", "user"));
  EXPECT_TRUE(passes_through("user", "user.id"));
  EXPECT_TRUE(passes_through("user.id", "user.*"));
  EXPECT_TRUE(passes_through("user.id", "**.id"));
  EXPECT_TRUE(passes_through("l[0].id", "l[*].id"));
  EXPECT_TRUE(passes_through("user", "user.**.ssn"));
  EXPECT_FALSE(passes_through("user.id", "user.name"));
  EXPECT_FALSE(passes_through("userId", "**.ssn"));
  EXPECT_FALSE(passes_through("user.id", "user.id2"));
  EXPECT_FALSE(passes_through("a.b", "**.c.d"));
}

}  // namespace
}  // namespace lethe::fields
