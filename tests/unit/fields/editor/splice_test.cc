// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "plugins/fields/field_editor.h"

namespace lethe::fields {
namespace {

std::string spliced(std::string_view document, const std::vector<Edit>& edits) {
  std::string out(spliced_size(document, edits) + 1, '#');
  splice(document, edits, out.data());
  EXPECT_EQ(out.back(), '#') << "wrote beyond the size it announced";
  out.pop_back();
  return out;
}

TEST(Splice, ReplacesRangesAndCopiesTheRest) {
  const std::string_view document = R"({"a":1,"b":"xyz","c":null})";
  EXPECT_EQ(spliced(document, {{5, 6, "\"enc1.q\""}, {11, 16, "2"}}),
            R"({"a":"enc1.q","b":2,"c":null})");
}

TEST(Splice, TakesEditsAtTheEdgesAndNextToEachOther) {
  EXPECT_EQ(spliced("abcd", {{0, 1, "XX"}, {1, 2, ""}, {2, 4, "Y"}}), "XXY");
  EXPECT_EQ(spliced("abcd", {{0, 4, ""}}), "");
  EXPECT_EQ(spliced("abcd", {}), "abcd");
  EXPECT_EQ(spliced("", {}), "");
}

TEST(Splice, UndoesItself) {
  const std::string_view document = R"( { "n" : 1.50E+3 } )";
  const std::string sealed = spliced(document, {{9, 16, "\"enc1.AAAA\""}});
  EXPECT_EQ(sealed, R"( { "n" : "enc1.AAAA" } )");
  EXPECT_EQ(spliced(sealed, {{9, 20, "1.50E+3"}}), document);
}

TEST(LocateErrors, EachHaveASentenceOfTheirOwn) {
  std::set<std::string_view> sentences;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(LocateError::kUnbindable); ++i) {
    sentences.insert(describe(static_cast<LocateError>(i)));
  }
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(LocateError::kUnbindable) + 1);
}

}  // namespace
}  // namespace lethe::fields
