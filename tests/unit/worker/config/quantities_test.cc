// SPDX-License-Identifier: Apache-2.0
#include "worker/config/quantities.h"

#include <gtest/gtest.h>

namespace lethe::worker::config {
namespace {

using std::chrono::milliseconds;

TEST(Quantities, ReadsSizesInBothSystems) {
  EXPECT_EQ(parse_size("64MiB"), 64U << 20);
  EXPECT_EQ(parse_size("1MB"), 1'000'000U);
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(parse_size("3B"), 3U);
  EXPECT_EQ(parse_size("2kB"), 2000U);
  EXPECT_EQ(parse_size("1GiB"), 1U << 30);
}

TEST(Quantities, ReadsDurations) {
  EXPECT_EQ(parse_duration("30s"), milliseconds(30'000));
  EXPECT_EQ(parse_duration("10m"), milliseconds(600'000));
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("2h"), milliseconds(7'200'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(604'800'000));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
}

TEST(Quantities, RefusesWhatIsNoAmount) {
  for (const char* text : {"", "MiB", "64 MiB", "-1", "1.5MB", "64mib", "1 ", " 1", "0x10",
                           "99999999999999999999", "99999999999999TiB"})
    EXPECT_FALSE(parse_size(text)) << text;
  for (const char* text : {"", "30", "s", "1.5s", "-1s", "1 s", "1w", "9999999999999999d"})
    EXPECT_FALSE(parse_duration(text)) << text;
  EXPECT_FALSE(parse_integer("1.0"));
  EXPECT_FALSE(parse_integer("+1"));
  EXPECT_EQ(parse_integer("-12"), -12);
}

TEST(Quantities, WritesTheShortestExactSpelling) {
  EXPECT_EQ(format_size(64U << 20), "64MiB");
  EXPECT_EQ(format_size(1'000'001), "1000001B");
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_duration(milliseconds(30'000)), "30s");
  EXPECT_EQ(format_duration(milliseconds(90'000)), "90s");
  EXPECT_EQ(format_duration(milliseconds(0)), "0s");
}

}  // namespace
}  // namespace lethe::worker::config
