// SPDX-License-Identifier: Apache-2.0

#include "kms/crypto/secret.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace lethe::kms::crypto {
namespace {

bool all(std::span<const std::uint8_t> bytes, std::uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [&](std::uint8_t b) { return b == value; });
}

std::array<std::uint8_t, 32> filled(std::uint8_t value) {
  std::array<std::uint8_t, 32> bytes;
  bytes.fill(value);
  return bytes;
}

TEST(Secret, LeavesZerosBehindWhenItDies) {
  alignas(Key) std::array<std::uint8_t, sizeof(Key)> memory;
  memory.fill(0xAA);
  Key* key = new (memory.data()) Key(filled(7));
  ASSERT_TRUE(all(key->bytes(), 7));
  key->~Key();
  // The lifetime has ended, so the compiler takes the memory for indeterminate: look at it afresh.
  const std::uint8_t* remains = memory.data();
  __asm__ __volatile__("" : "+r"(remains) : : "memory");
  EXPECT_TRUE(all(std::span<const std::uint8_t>(remains, 32), 0));
}

TEST(Secret, MovesTheBytesAndWipesTheSource) {
  Key source(filled(9));
  Key target(std::move(source));
  EXPECT_TRUE(all(target.bytes(), 9));
  EXPECT_TRUE(all(source.bytes(), 0));  // NOLINT: what a moved-from secret holds is the point
  Key assigned;
  assigned = std::move(target);
  EXPECT_TRUE(all(assigned.bytes(), 9));
  EXPECT_TRUE(all(target.bytes(), 0));  // NOLINT
}

TEST(Secret, CloneIsTheOnlyCopy) {
  static_assert(!std::is_copy_constructible_v<Key> && !std::is_copy_assignable_v<Key>);
  const Key source(filled(3));
  EXPECT_TRUE(all(source.clone().bytes(), 3));
  EXPECT_TRUE(all(source.bytes(), 3));
}

TEST(SecretPage, HandsOutZeroedAlignedPiecesThatDoNotOverlap) {
  SecretPage page;
  const auto first = page.take(33);
  const auto second = page.take(16);
  EXPECT_TRUE(all(first, 0));
  EXPECT_GE(second.data(), first.data() + first.size());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second.data()) % 16, 0u);
}

TEST(SecretPage, CanBeFilledToItsEnd) {
  SecretPage page;
  page.take(1);
  const auto rest = page.take(4096 - 16);
  rest.back() = 1;
  EXPECT_EQ(page.take(0).size(), 0u);
}

TEST(SecretPageDeathTest, AbortsWhenItIsFull) {
  SecretPage page;
  page.take(4096);
  EXPECT_DEATH(page.take(1), "");
}

TEST(SecretPage, IsEmptyInAForkedChild) {
  SecretPage page;
  const auto secret = page.take(32);
  std::fill(secret.begin(), secret.end(), std::uint8_t{5});
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) ::_exit(all(secret, 0) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(all(secret, 5));
}

}  // namespace
}  // namespace lethe::kms::crypto
