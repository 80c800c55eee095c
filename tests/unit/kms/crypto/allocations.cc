// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/kms/crypto/allocations.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {
std::atomic<long> count{0};
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

extern "C" {

// glibc's own entry points, under the names that stay when malloc is replaced.
void* __libc_malloc(std::size_t size);                           // NOLINT: their name
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT

void* malloc(std::size_t size) {
  ++count;
  return __libc_malloc(size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  ++count;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif

namespace lethe::test {

long allocations() noexcept {
  return count;
}

}  // namespace lethe::test
