// SPDX-License-Identifier: Apache-2.0
//
// What a million cached keys cost in memory, growth included.
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <random>

#include "gtest/gtest.h"
#include "kms/key_cache.h"
#include "tests/unit/kms/crypto/allocations.h"

namespace lethe::kms {
namespace {

std::size_t resident_bytes() {
  std::size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

template <class Id>
void draw(Id& id, std::mt19937_64& random) {
  const std::uint64_t halves[] = {random(), random()};
  std::memcpy(id.bytes.data(), halves, sizeof halves);
}

TEST(KeyCacheMemory, IsLittleMoreThanTheKeysThemselves) {
  if (!test::kCountsAllocations) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  constexpr std::size_t kKeys = 1'000'000;
  std::mt19937_64 random(1);
  const std::size_t before = resident_bytes();
  KeyCache cache(kKeys);
  KeyCache::Entry entry;
  std::size_t peak = 0;
  for (std::size_t n = 0; n < kKeys; ++n) {
    draw(entry.key.dek_id, random);
    draw(entry.tag, random);
    draw(entry.subject, random);
    cache.insert({&entry, 1}, cache.generation());
    if (n % 10'000 == 0) peak = std::max(peak, resident_bytes() - before);
  }
  peak = std::max(peak, resident_bytes() - before);
  EXPECT_EQ(cache.size(), kKeys);
  EXPECT_LE(peak / kKeys, 135u) << "bytes per key";
  RecordProperty("bytes_per_key", static_cast<int>(peak / kKeys));
}

}  // namespace
}  // namespace lethe::kms
