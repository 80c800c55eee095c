// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/backoff.h"

#include <gmock/gmock.h>

#include <vector>

namespace lethe::worker::pipeline {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Lt;

const Clock::Time kStart{};

TEST(Backoff, DoublesUpToALimit) {
  Backoff backoff({milliseconds(100), milliseconds(1000), std::nullopt}, [] { return 1.0; });
  for (const int expected : {100, 200, 400, 800, 1000, 1000})
    EXPECT_EQ(backoff.next(kStart), milliseconds(expected));
}

TEST(Backoff, SpreadsPausesOverTheUpperHalfOfAStep) {
  Backoff lowest({milliseconds(100), milliseconds(1000), std::nullopt}, [] { return 0.0; });
  EXPECT_EQ(lowest.next(kStart), milliseconds(50));
  EXPECT_EQ(lowest.next(kStart), milliseconds(100));
  for (int i = 0; i < 100; ++i) EXPECT_THAT(random_jitter(), AllOf(Ge(0.0), Lt(1.0)));
}

TEST(Backoff, EndsWithItsBudgetAndTriesOnceMoreAtItsEnd) {
  Backoff backoff({milliseconds(100), milliseconds(1000), milliseconds(250)}, [] { return 1.0; });
  EXPECT_EQ(backoff.next(kStart), milliseconds(100));
  EXPECT_EQ(backoff.next(kStart + milliseconds(100)), milliseconds(150));
  EXPECT_EQ(backoff.next(kStart + milliseconds(250)), std::nullopt);
}

TEST(Backoff, StartsOverAfterASuccess) {
  Backoff backoff({milliseconds(100), milliseconds(1000), milliseconds(250)}, [] { return 1.0; });
  EXPECT_EQ(backoff.next(kStart), milliseconds(100));
  backoff.reset();
  EXPECT_EQ(backoff.next(kStart + milliseconds(5000)), milliseconds(100));
}

}  // namespace
}  // namespace lethe::worker::pipeline
