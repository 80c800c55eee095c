// SPDX-License-Identifier: Apache-2.0
#include "kms/unknown_ids.h"

#include "gtest/gtest.h"

namespace lethe::kms {
namespace {

using std::chrono::seconds;

constexpr UnknownIds::Time kNow{std::chrono::hours(400'000)};

TEST(UnknownIds, RemembersForItsTimeAndNoLonger) {
  UnknownIds ids;
  const store::DekId id{{1}};
  EXPECT_FALSE(ids.knows(id, kNow));
  ids.remember(id, kNow);
  EXPECT_TRUE(ids.knows(id, kNow));
  EXPECT_TRUE(ids.knows(id, kNow + seconds(29)));
  EXPECT_FALSE(ids.knows(id, kNow + seconds(30)));
  EXPECT_FALSE(ids.knows({{2}}, kNow));
}

TEST(UnknownIds, ForgetsWhenTheClockIsSetBack) {
  UnknownIds ids;
  ids.remember({{1}}, kNow);
  EXPECT_FALSE(ids.knows({{1}}, kNow - seconds(1)));
}

TEST(UnknownIds, LetsANewerIdTakeAnOldersPlace) {
  UnknownIds ids;
  for (std::uint32_t n = 0; n < 10 * UnknownIds::kPlaces; ++n) {
    store::DekId id{};
    std::memcpy(id.bytes.data(), &n, sizeof n);
    ids.remember(id, kNow);
    ASSERT_TRUE(ids.knows(id, kNow));
  }
  EXPECT_FALSE(ids.knows({{1, 0, 0, 0}}, kNow));
}

}  // namespace
}  // namespace lethe::kms
