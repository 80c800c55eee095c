// SPDX-License-Identifier: Apache-2.0
#include "kms/key_cache.h"

#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "kms/crypto/digest.h"
#include "kms/id_index.h"
#include "kms/id_table.h"

namespace lethe::kms {
namespace {

// The n-th id of its kind, as evenly spread as real ones are.
template <class Id>
Id id(std::size_t n, std::string_view kind) {
  const std::string text = std::string(kind) + std::to_string(n);
  const auto digest =
      crypto::sha256({{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}});
  Id made;
  std::copy_n(digest.begin(), made.bytes.size(), made.bytes.begin());
  return made;
}

KeyCache::Entry entry(std::size_t n) {
  KeyCache::Entry made;
  made.key.dek_id = id<store::DekId>(n, "dek");
  made.key.sealed.fill(static_cast<std::uint8_t>(n));
  made.key.suite = static_cast<std::uint8_t>(1 + n % 3);
  made.subject = id<store::SubjectHash>(n / 2, "subject");
  made.tag = id<NameTag>(n, "name");
  return made;
}

class KeyCacheTest : public ::testing::Test {
 protected:
  // Which of these entries the cache finds, by both of its indexes.
  std::vector<bool> find(KeyCache& cache, std::size_t from, std::size_t to) {
    std::vector<NameTag> tags;
    std::vector<store::DekId> ids;
    for (std::size_t n = from; n < to; ++n) {
      tags.push_back(entry(n).tag);
      ids.push_back(entry(n).key.dek_id);
    }
    std::vector<HeldKey> by_name(tags.size()), by_id(tags.size());
    std::vector<std::uint8_t> name_found(tags.size()), id_found(tags.size());
    cache.find(tags, by_name, name_found, scratch_);
    cache.find(ids, by_id, id_found, scratch_);
    EXPECT_EQ(name_found, id_found);
    std::vector<bool> found;
    for (std::size_t i = 0; i < tags.size(); ++i) {
      found.push_back(name_found[i] == 1);
      if (!found[i]) continue;
      const HeldKey expected = entry(from + i).key;
      EXPECT_EQ(by_name[i].dek_id, expected.dek_id);
      EXPECT_EQ(by_name[i].sealed, expected.sealed);
      EXPECT_EQ(by_id[i].sealed, expected.sealed);
      EXPECT_EQ(by_id[i].suite, expected.suite);
    }
    return found;
  }
  static std::size_t count(const std::vector<bool>& found) {
    return static_cast<std::size_t>(std::count(found.begin(), found.end(), true));
  }
  static void fill(KeyCache& cache, std::size_t from, std::size_t to) {
    for (std::size_t n = from; n < to; ++n) {
      const KeyCache::Entry made = entry(n);
      cache.insert({&made, 1}, cache.generation());
    }
  }

  KeyCache::Scratch scratch_;
};

TEST_F(KeyCacheTest, FindsByNameAndByDekIdWhatWasPutIn) {
  KeyCache cache(100'000);
  fill(cache, 0, 20'000);
  EXPECT_EQ(count(find(cache, 0, 20'000)), 20'000u);
  EXPECT_EQ(count(find(cache, 20'000, 21'000)), 0u);
  EXPECT_EQ(cache.size(), 20'000u);
}

TEST_F(KeyCacheTest, TakesAKeyTwiceAsOne) {
  KeyCache cache(10);
  fill(cache, 0, 3);
  fill(cache, 0, 3);
  EXPECT_EQ(cache.size(), 3u);
}

TEST_F(KeyCacheTest, LearnsTheNameOfAKeyLater) {
  KeyCache cache(10);
  KeyCache::Entry nameless = entry(1);
  nameless.tag = {};
  cache.insert({&nameless, 1}, cache.generation());
  std::vector<HeldKey> out(1);
  std::vector<std::uint8_t> found(1);
  cache.find(std::vector<NameTag>{entry(1).tag}, out, found, scratch_);
  EXPECT_EQ(found[0], 0);
  cache.find(std::vector<NameTag>{NameTag{}}, out, found, scratch_);
  EXPECT_EQ(found[0], 0) << "no name is nobody's name";
  fill(cache, 1, 2);
  EXPECT_EQ(count(find(cache, 1, 2)), 1u);
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(KeyCacheTest, HoldsExactlyItsBound) {
  for (const std::size_t bound : {1u, 7u, 5000u}) {
    KeyCache cache(bound);
    fill(cache, 0, bound);
    EXPECT_EQ(count(find(cache, 0, bound)), bound);
    fill(cache, bound, 3 * bound);
    EXPECT_EQ(cache.size(), bound);
    EXPECT_EQ(count(find(cache, 0, 3 * bound)), bound);
  }
}

TEST_F(KeyCacheTest, KeepsWhatIsUsedAndGivesUpWhatIsNot) {
  KeyCache cache(100);
  fill(cache, 0, 100);
  for (std::size_t n = 100; n < 1000; ++n) {
    find(cache, 0, 10);
    fill(cache, n, n + 1);
  }
  EXPECT_EQ(count(find(cache, 0, 10)), 10u);
}

TEST_F(KeyCacheTest, DropsKeysByIdAndAllKeysOfASubject) {
  KeyCache cache(100'000);
  fill(cache, 0, 10'000);
  const std::vector<store::DekId> ids = {entry(5000).key.dek_id, entry(70'000).key.dek_id};
  const std::vector<store::SubjectHash> subjects = {entry(20).subject, entry(9999).subject};
  cache.drop(ids, subjects);  // two keys per subject: 20 and 21, 9998 and 9999
  for (const std::size_t gone : {20, 21, 5000, 9998, 9999})
    EXPECT_EQ(count(find(cache, gone, gone + 1)), 0u) << gone;
  EXPECT_EQ(cache.size(), 9995u);
  fill(cache, 5000, 5001);
  EXPECT_EQ(count(find(cache, 0, 10'000)), 9996u) << "a free place is used again";
}

TEST_F(KeyCacheTest, LeavesOutWhatWasFoundBeforeADrop) {
  KeyCache cache(10);
  const std::uint64_t before = cache.generation();
  cache.drop({}, {});
  const KeyCache::Entry late = entry(1);
  cache.insert({&late, 1}, before);
  EXPECT_EQ(cache.size(), 0u);
}

TEST_F(KeyCacheTest, StaysWholeUnderThreads) {
  KeyCache cache(6000);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      KeyCache::Scratch scratch;
      std::mt19937 random(static_cast<unsigned>(t));
      std::vector<NameTag> tags(50);
      std::vector<HeldKey> out(50);
      std::vector<std::uint8_t> found(50);
      for (int round = 0; round < 200; ++round) {
        const std::size_t from = random() % 10'000;
        for (std::size_t i = 0; i < tags.size(); ++i) tags[i] = entry(from + i).tag;
        cache.find(tags, out, found, scratch);
        for (std::size_t i = 0; i < tags.size(); ++i)
          EXPECT_TRUE(found[i] == 0 || out[i].dek_id == entry(from + i).key.dek_id);
        fill(cache, from, from + 20);
        if (round % 20 == 0)
          cache.drop(std::vector{entry(from).key.dek_id}, std::vector{entry(from + 5).subject});
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.size(), 6000u);
  EXPECT_EQ(count(find(cache, 0, 10'100)), cache.size());
}

TEST(IdIndex, AgreesWithAMapOverManyChanges) {
  IdIndex index;
  std::map<std::uint32_t, std::uint32_t> hashes;  // by reference
  std::minstd_rand engine(7);
  const auto random = [&] { return static_cast<std::uint32_t>(engine()); };
  for (std::uint32_t step = 0; step < 30'000; ++step) {
    const std::uint32_t reference = random() % 500;
    if (const auto known = hashes.find(reference); known != hashes.end()) {
      index.erase(known->second, reference);
      hashes.erase(known);
    } else {
      // Few hashes, at both ends of the table: long runs that wrap around.
      const std::uint32_t hash = random() % 40 < 20 ? random() % 20 : 0xFFFFFFFFU - random() % 20;
      index.insert(hash, reference);
      hashes[reference] = hash;
    }
    if (step % 100 != 0) continue;
    ASSERT_EQ(index.size(), hashes.size());
    for (std::uint32_t r = 0; r < 500; ++r) {
      const auto known = hashes.find(r);
      const std::uint32_t hash = known == hashes.end() ? 3 : known->second;
      const auto found = index.find(hash, [&](std::uint32_t other) { return other == r; });
      ASSERT_EQ(found, known == hashes.end() ? IdIndex::kNone : r);
    }
  }
}

TEST(IdTable, FindsWhatWasPutInAndNothingElse) {
  IdTable<store::DekId, int> table;
  EXPECT_EQ(table.find(id<store::DekId>(1, "x")), nullptr);
  for (int n = 0; n < 5000; ++n) table[id<store::DekId>(static_cast<std::size_t>(n), "x")] = n;
  EXPECT_EQ(table.size(), 5000u);
  for (int n = 0; n < 5000; ++n)
    EXPECT_EQ(*table.find(id<store::DekId>(static_cast<std::size_t>(n), "x")), n);
  EXPECT_EQ(table.find(id<store::DekId>(5000, "x")), nullptr);
}

}  // namespace
}  // namespace lethe::kms
