// SPDX-License-Identifier: Apache-2.0

#include "kms/crypto/random.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

namespace lethe::kms::crypto {
namespace {

using Nonce = std::array<std::uint8_t, 12>;

Nonce draw() {
  Nonce nonce;
  random_bytes(nonce);
  return nonce;
}

TEST(Random, NeverRepeatsANonceOverManyRefills) {
  std::set<Nonce> seen;
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(seen.insert(draw()).second);
}

TEST(Random, FillsEverySizeToItsLastByte) {
  for (const std::size_t size : {1u, 12u, 24u, 25u, 32u, 512u, 4096u, 10000u}) {
    // The last byte takes more than one value in 64 draws, or it was never written.
    std::set<std::uint8_t> last;
    for (int i = 0; i < 64; ++i) {
      std::vector<std::uint8_t> bytes(size, 0);
      random_bytes(bytes);
      last.insert(bytes.back());
    }
    EXPECT_GT(last.size(), 8u) << size;
  }
}

TEST(Random, SetsEveryBitOfANonceAboutHalfTheTime) {
  std::array<int, 8 * sizeof(Nonce)> set{};
  for (int i = 0; i < 4000; ++i) {
    const Nonce nonce = draw();
    for (std::size_t bit = 0; bit < set.size(); ++bit) set[bit] += nonce[bit / 8] >> bit % 8 & 1;
  }
  // 2000 with a deviation of 32: ten of them happen once in 10^23 draws.
  for (const int count : set) EXPECT_NEAR(count, 2000, 320);
}

TEST(Random, DoesNothingForAnEmptySpan) {
  random_bytes({});
}

TEST(Random, GivesEachThreadBytesOfItsOwn) {
  Nonce here = draw(), there{};
  std::thread([&] { there = draw(); }).join();
  EXPECT_NE(here, there);
}

TEST(Random, GivesAForkedChildOtherBytesThanItsParent) {
  draw();  // the buffer is full now
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    const Nonce nonce = draw();
    ::_exit(::write(ends[1], nonce.data(), nonce.size()) == ssize_t{12} ? 0 : 1);
  }
  const Nonce parents = draw();
  Nonce childs{};
  ASSERT_EQ(::read(ends[0], childs.data(), childs.size()), ssize_t{12});
  int status = -1;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(status, 0);
  EXPECT_NE(parents, childs);
  EXPECT_NE(childs, Nonce{});
}

}  // namespace
}  // namespace lethe::kms::crypto
