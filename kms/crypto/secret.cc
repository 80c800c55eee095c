// SPDX-License-Identifier: Apache-2.0
//
// Memory for keys: wiping that survives the optimiser, and the locked page.

#include "kms/crypto/secret.h"

#include <string.h>  // explicit_bzero
#include <sys/mman.h>

#include <cstdlib>

namespace lethe::kms::crypto {
namespace {

constexpr std::size_t kPageSize = 4096;
constexpr std::size_t kAlignment = 16;

}  // namespace

void wipe(void* data, std::size_t size) noexcept {
  if (size != 0) ::explicit_bzero(data, size);
}

SecretPage::SecretPage() {
  void* page =
      ::mmap(nullptr, kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) std::abort();  // out of memory before the first key exists
  page_ = static_cast<std::uint8_t*>(page);
  locked_ = ::mlock(page_, kPageSize) == 0;
  // Old kernels refuse one or the other; the page then is what it would be anyway.
  static_cast<void>(::madvise(page_, kPageSize, MADV_DONTDUMP));
  static_cast<void>(::madvise(page_, kPageSize, MADV_WIPEONFORK));
}

SecretPage::~SecretPage() {
  wipe(page_, kPageSize);
  ::munmap(page_, kPageSize);  // unlocks as well
}

std::span<std::uint8_t> SecretPage::take(std::size_t size) {
  if (size > kPageSize - used_) std::abort();
  const std::span<std::uint8_t> taken(page_ + used_, size);
  const std::size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
  used_ = used_ + rounded < kPageSize ? used_ + rounded : kPageSize;
  return taken;
}

}  // namespace lethe::kms::crypto
