// SPDX-License-Identifier: Apache-2.0
//
// One page of random bytes per thread. Its fill level lies inside the page, so that a forked child,
// whose copy the kernel zeroes, finds an empty page and fetches its own bytes.

#include "kms/crypto/random.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {
namespace {

constexpr std::size_t kPageSize = 4096;

void from_system(std::uint8_t* out, std::size_t size) noexcept {
  while (size != 0) {
    const ssize_t got = ::getrandom(out, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();
    out += got;
    size -= static_cast<std::size_t>(got);
  }
}

struct Page {
  std::size_t left;  // unused bytes, at the end of `bytes`
  std::uint8_t bytes[kPageSize - sizeof(std::size_t)];
};
static_assert(sizeof(Page) == kPageSize);

class Pool {
 public:
  Pool() noexcept {
    void* memory =
        ::mmap(nullptr, kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    if (::madvise(memory, kPageSize, MADV_WIPEONFORK) != 0) {
      ::munmap(memory, kPageSize);  // a child could repeat our bytes: go without a buffer
      return;
    }
    static_cast<void>(::madvise(memory, kPageSize, MADV_DONTDUMP));
    page_ = static_cast<Page*>(memory);
  }
  ~Pool() {
    if (page_ == nullptr) return;
    wipe(page_, kPageSize);
    ::munmap(page_, kPageSize);
    page_ = nullptr;
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void hand_out(std::span<std::uint8_t> out) noexcept {
    if (page_ == nullptr || out.size() > sizeof(page_->bytes) / 8) {
      from_system(out.data(), out.size());
      return;
    }
    if (page_->left < out.size()) {
      from_system(page_->bytes, sizeof(page_->bytes));
      page_->left = sizeof(page_->bytes);
    }
    std::uint8_t* next = page_->bytes + sizeof(page_->bytes) - page_->left;
    std::memcpy(out.data(), next, out.size());
    wipe(next, out.size());
    page_->left -= out.size();
  }

 private:
  Page* page_ = nullptr;
};

}  // namespace

void random_bytes(std::span<std::uint8_t> out) noexcept {
  if (out.empty()) return;
  thread_local Pool pool;
  pool.hand_out(out);
}

}  // namespace lethe::kms::crypto
