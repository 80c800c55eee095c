// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/printable.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace lethe::worker::loader {
namespace {

TEST(Printable, ReplacesWhatCouldMoveATerminalOrForgeALine) {
  EXPECT_EQ(printable(std::string_view("a\x1b[31m\nb\x7f\xc3\xa4")), "a?[31m?b???");
}

TEST(Printable, CutsWhatIsLongAndShowsThatItDid) {
  EXPECT_EQ(printable(std::string_view("abcdefgh"), 8), "abcdefgh");
  EXPECT_EQ(printable(std::string_view("abcdefghi"), 8), "abcde...");
  EXPECT_EQ(printable(std::string(1000, 'x')).size(), kQuotedLength);
}

TEST(Printable, LooksAtNoMoreOfALyingViewThanItShows) {
  const std::string text(kQuotedLength + 1, 'x');
  const lethe_view lying{text.data(), std::numeric_limits<std::uint64_t>::max()};
  EXPECT_EQ(printable(lying), std::string(kQuotedLength - 3, 'x') + "...");
  EXPECT_EQ(printable(lethe_view{nullptr, 9}), "");
}

}  // namespace
}  // namespace lethe::worker::loader
