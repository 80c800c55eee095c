// SPDX-License-Identifier: Apache-2.0

#include "connectors/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace lethe::connectors {
namespace {

TEST(Arena, HandsOutAlignedBytesThatDoNotOverlap) {
  Arena arena;
  auto* one = static_cast<char*>(arena.allocate(3));
  auto* two = static_cast<char*>(arena.allocate(8, 16));
  ASSERT_NE(one, nullptr);
  ASSERT_NE(two, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(two) % 16, 0u);
  EXPECT_GE(two, one + 3);
}

TEST(Arena, RefusesWhatIsBeyondItsLimitOrNoAlignment) {
  Arena arena(100);
  EXPECT_NE(arena.allocate(100), nullptr);
  EXPECT_EQ(arena.allocate(1), nullptr);
  EXPECT_EQ(arena.copy("x").data(), nullptr);
  Arena other;
  EXPECT_EQ(other.allocate(1, 3), nullptr);
  EXPECT_EQ(other.allocate(1, 32), nullptr);
  EXPECT_EQ(other.allocate(SIZE_MAX), nullptr);
}

TEST(Arena, CopiesTextIncludingTheEmptyOne) {
  Arena arena;
  const std::string text = "person";
  const std::string_view copy = arena.copy(text);
  EXPECT_EQ(copy, "person");
  EXPECT_NE(copy.data(), text.data());
  EXPECT_NE(arena.copy("").data(), nullptr);
}

TEST(Arena, WipesWhatWasUsedAndUsesTheSameMemoryAgain) {
  Arena arena;
  const std::string_view small = arena.copy("secret");
  const std::string_view large = arena.copy(std::string(200'000, 's'));
  const auto is_zero = [](char c) { return c == 0; };
  arena.recycle();
  EXPECT_EQ(arena.used(), 0u);
  EXPECT_TRUE(std::all_of(small.begin(), small.end(), is_zero));
  EXPECT_TRUE(std::all_of(large.begin(), large.end(), is_zero));
  EXPECT_EQ(arena.allocate(6), small.data());
}

TEST(Arena, KeepsItsBytesInPlaceWhenMoved) {
  Arena arena;
  const std::string_view kept = arena.copy("kept");
  Arena moved(std::move(arena));
  EXPECT_EQ(kept, "kept");
  EXPECT_EQ(moved.used(), 4u);
  Arena assigned;
  assigned = std::move(moved);
  EXPECT_EQ(kept, "kept");
}

TEST(Arena, ServesPluginsThroughTheAbi) {
  Arena arena;
  const lethe_arena abi = arena.abi();
  EXPECT_EQ(abi.struct_size, sizeof(lethe_arena));
  EXPECT_NE(abi.allocate(abi.self, 10, 8), nullptr);
  EXPECT_EQ(arena.used(), 10u);
}

}  // namespace
}  // namespace lethe::connectors
