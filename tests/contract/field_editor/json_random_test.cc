// SPDX-License-Identifier: Apache-2.0
//
// Random documents, some of them broken, random selections: the engines and the oracle must agree
// on what is valid, what is found, and why a record is refused. Seeds are fixed; a failure prints
// document and selection.

#include <gmock/gmock.h>

#include <cstdint>
#include <random>
#include <set>

#include "tests/contract/field_editor/engines.h"
#include "tests/contract/field_editor/json_oracle.h"

namespace lethe::fields {
namespace {

constexpr int kRounds = 6000;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  std::string document() {
    counter_ = 0;
    return space() + (one_in(20) ? value(4) : object(4)) + space();
  }

  // One byte changed, lost, doubled or swapped for something that matters to JSON. Never U+0000, at
  // which the oracle would stop reading, and no exponent, of which it takes small ones only.
  std::string broken(std::string document) {
    static constexpr std::string_view kBytes =
        "{}[]:,\"\\ \n\t0123.+-truflsnab$\x01\x0C\x1A\x80\xC3\xE2\xF0/";
    const std::size_t at = below(document.size());
    switch (below(4)) {
      case 0:
        document[at] = kBytes[below(kBytes.size())];
        break;
      case 1:
        document.erase(at, 1);
        break;
      case 2:
        document.insert(at, 1, document[at]);
        break;
      default:
        document.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
    }
    return document;
  }

  Selection selection() {
    if (one_in(4)) return select_sealed();
    std::vector<std::string> fields;
    std::vector<std::string> variables;
    for (std::size_t n = 1 + below(3); n > 0; --n) fields.push_back(selector());
    if (one_in(2)) variables.push_back(selector());
    return select(fields, variables);
  }

 private:
  std::string space() {
    static const char* const kSpaces[] = {"", "", "", "", " ", "\n", "\t \r"};
    return kSpaces[below(7)];
  }

  // Names of one object differ, mostly.
  std::string name(std::size_t nth) {
    static const char* const kNames[] = {"a", "b", "c", "d", "ssn", "x.y", "$enc", "\xC3\xA9"};
    static const char* const kEscaped[] = {"\\u0061",   "\\u0062",   "c",          "d",
                                           "s\\u0073n", "x\\u002ey", "\\u0024enc", "\\u00e9"};
    const std::size_t n = one_in(40) ? 6 : one_in(40) ? 7 : nth % 6;
    return '"' + std::string(one_in(6) ? kEscaped[n % 8] : kNames[n % 8]) + '"';
  }

  std::string text() {
    static const char* const kPieces[] = {
        "x", "\\n", "\\\"", "\\\\", "\\u00e9", "\xC3\xA9",        "\\ud83d\\ude00",
        "{", "]",   ",",    ":",    "  ",      "\xF0\x9F\x98\x80"};
    std::string text = "\"";
    if (one_in(6)) text += one_in(3) ? "enc\\u0031." : "enc1.";
    text += std::to_string(counter_++);
    for (std::size_t n = one_in(8) ? below(60) : below(3); n > 0; --n) text += kPieces[below(13)];
    return text + '"';
  }

  std::string scalar() {
    switch (below(8)) {
      case 0:
        return "null";
      case 1:
        return one_in(2) ? "true" : "false";
      case 2:
        return std::to_string(counter_++);
      case 3:
        return "-" + std::to_string(counter_++) + ".50e-" + std::to_string(below(9));
      case 4:
        return std::to_string(counter_++) + "1234567890123456789012345678901234567890";
      default:
        return text();
    }
  }

  std::string value(std::size_t depth) {
    if (depth == 0 || one_in(4)) return scalar();
    return one_in(3) ? array(depth) : object(depth);
  }

  std::string array(std::size_t depth) {
    std::string out = "[";
    for (std::size_t i = 0, size = below(4); i < size; ++i) {
      out += (i > 0 ? "," : "") + space() + value(depth - 1) + space();
    }
    return out + space() + ']';
  }

  std::string object(std::size_t depth) {
    std::string out = "{";
    const std::size_t first = below(6);
    for (std::size_t i = 0, size = below(6); i < size; ++i) {
      const std::size_t nth = one_in(30) ? below(6) : (first + i) % 6;
      out += (i > 0 ? "," : "") + space() + name(nth) + space() + ':' + space();
      out += member(nth, depth - 1) + space();
    }
    return out + space() + '}';
  }

  // Selectors go through a and b by name and through c by index, so mostly they can.
  std::string member(std::size_t nth, std::size_t depth) {
    if (depth == 0 || one_in(8)) return value(depth);
    return nth < 2 ? object(depth) : nth == 2 ? array(depth) : scalar();
  }

  std::string selector() {
    static const char* const kSteps[] = {"['a']",    "['b']",    "['a']",    "['b']",
                                         "['c'][*]", "['c'][0]", "['c'][1]", "*"};
    static const char* const kLast[] = {"['ssn']", "['d']", "[\"x.y\"]", "['a']", "['c'][*]", "*"};
    std::string text;
    const auto add = [&text](std::string_view step) {
      if (!text.empty() && step[0] != '[') text += '.';
      text += step;
    };
    for (std::size_t n = below(3); n > 0; --n) {
      if (one_in(6) && !text.ends_with("**")) add("**");
      add(kSteps[below(8)]);
    }
    if (one_in(4)) add("**");
    add(kLast[below(6)]);
    return text;
  }

  std::mt19937 random_;
  std::size_t counter_ = 0;
};

std::string describe_case(const Selection& selection, const std::string& document) {
  std::string text = testing::PrintToString(document) + " with";
  for (const Target& target : selection.targets) {
    text += (target.is_template_variable ? " variable " : " field ") + target.selector.text();
  }
  return text;
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

void check(const Located& located, const Selection& selection, const std::string& document) {
  const std::optional<JsonTree> tree = parse_tree(document);
  if (!tree) {
    ASSERT_EQ(located.status.error, LocateError::kMalformed);
    return;
  }
  const Expectation expected = expect(*tree, selection);
  if (!expected.errors.empty()) {
    ASSERT_EQ(expected.errors.count(located.status.error), 1u)
        << static_cast<int>(located.status.error);
    return;
  }
  ASSERT_TRUE(located.status) << describe(located.status.error);
  ASSERT_EQ(located.found.size(), expected.values.size());
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const Found& found = located.found[i];
    ASSERT_EQ(found.target, expected.values[i].target);
    ASSERT_EQ(found.path, expected.values[i].path);
    const std::optional<JsonTree> value = parse_tree(found.text);
    ASSERT_TRUE(value && *value == *expected.values[i].value) << found.text;
    ASSERT_FALSE(is_space(found.text.front()) || is_space(found.text.back())) << found.text;
  }
}

TEST(RandomDocuments, AreReadAlikeByEveryEngineAndTheOracle) {
  Generator generator(20261122);
  std::size_t valid = 0;
  std::size_t hits = 0;
  std::set<LocateError> seen;
  for (int round = 0; round < kRounds; ++round) {
    const Selection selection = generator.selection();
    std::vector<std::unique_ptr<FieldEditor>> editors;
    for (const std::string& engine : engine_names()) {
      editors.push_back(make_editor(selection, engine));
    }
    for (int i = 0; i < 4; ++i) {
      std::string document = generator.document();
      if (i >= 2) document = generator.broken(document);
      // The oracle refuses unpaired surrogates anywhere; json_validity_test.cc says what we do.
      if (i >= 2 && document.find("\\u") != std::string::npos) continue;
      SCOPED_TRACE(describe_case(selection, document));
      const Located first = locate(*editors[0], document);
      check(first, selection, document);
      if (testing::Test::HasFatalFailure()) return;
      for (const auto& editor : editors) {
        const Located other = locate(*editor, document);
        ASSERT_EQ(other.status.error, first.status.error);
        ASSERT_EQ(other.status.target, first.status.target);
        ASSERT_EQ(other.found, first.found);
      }
      valid += first.status ? 1 : 0;
      hits += first.found.size();
      seen.insert(first.status.error);
    }
  }
  // The generator still generates something worth looking at.
  EXPECT_GT(valid, kRounds);
  EXPECT_GT(hits, kRounds / 2);
  EXPECT_THAT(seen, testing::IsSupersetOf({LocateError::kNone, LocateError::kMalformed,
                                           LocateError::kDuplicateKey,
                                           LocateError::kUnexpectedShape, LocateError::kOverlap}));
}

}  // namespace
}  // namespace lethe::fields
