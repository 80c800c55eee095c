// SPDX-License-Identifier: Apache-2.0
//
// No allocation per record or field: once buffers have grown and keys are cached, the chain with
// the real encrypt and decrypt libraries, the key ring behind it and everything these call allocate
// nothing at all for a batch, in C++ or C. Counted is malloc itself, for the whole process.

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "tests/bench/transform/people.h"
#include "tests/bench/transform/transforms.h"

// NOLINTBEGIN: the C library's own names, and what glibc offers behind them
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t n, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

static std::atomic<std::uint64_t> allocations{0};

void* malloc(std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(n, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
}
// NOLINTEND

namespace lethe::bench {
namespace {

class SteadyState : public ::testing::Test {
 protected:
  static constexpr std::size_t kPeople = 1000;
  static constexpr std::size_t kBatches = 10;

  SteadyState() { people.cache_all(); }

  // Allocations while all batches pass once, after they have passed before.
  std::uint64_t counted(ChainContender& chain, const Pool& pool) {
    const auto pass = [&] {
      for (const Records& records : pool) {
        chain.prepare(records);
        chain.run();
        chain.flush();
      }
    };
    for (int warm = 0; warm < 3; ++warm) pass();
    const std::uint64_t before = allocations.load();
    pass();
    return allocations.load() - before;
  }

  // What encrypting makes of the pool.
  Pool sealed(ChainContender& encrypt, const Pool& clear) {
    Pool pool;
    for (const Records& records : clear) {
      encrypt.prepare(records);
      encrypt.run();
      std::vector<std::string> values;
      for (std::size_t i = 0; i < records.size(); ++i) values.emplace_back(encrypt.value(i));
      EXPECT_NE(values.front(), records[0]);
      pool.emplace_back(values);
    }
    return pool;
  }

  People people{kPeople};
};

TEST_F(SteadyState, AllocatesNothingForABatchHoweverLarge) {
  const std::uint64_t start = allocations.load();
  const std::string proof(100, 'x');
  ASSERT_GT(allocations.load(), start) << "the counter counts";
  for (const std::size_t size : {50u, 500u}) {
    const Pool clear = customers(kBatches, size, kPeople);
    ChainContender encrypt(Direction::kEncrypt, people.ring());
    ChainContender decrypt(Direction::kDecrypt, people.ring());
    EXPECT_EQ(counted(encrypt, clear), 0u) << "encrypting batches of " << size;
    EXPECT_EQ(counted(decrypt, sealed(encrypt, clear)), 0u) << "decrypting batches of " << size;
  }
}

}  // namespace
}  // namespace lethe::bench
