// SPDX-License-Identifier: Apache-2.0
//
// Counts every operator new of the program that includes it, which must be in one file only.
// Libraries in C (malloc) are not counted: the question is what our code does.

#ifndef LETHE_TESTS_SUPPORT_ALLOCATIONS_H_
#define LETHE_TESTS_SUPPORT_ALLOCATIONS_H_

#include <atomic>
#include <cstdlib>
#include <new>

namespace lethe::testing {
inline std::atomic<std::size_t> allocations{0};
}  // namespace lethe::testing

void* operator new(std::size_t size) {
  lethe::testing::allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

#endif  // LETHE_TESTS_SUPPORT_ALLOCATIONS_H_
