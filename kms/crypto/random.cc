// SPDX-License-Identifier: Apache-2.0
//
// One page of random bytes per thread. Its fill level lies inside the page, so that a forked child,
// whose copy the kernel zeroes, finds an empty page and draws a key of its own. The kernel's own
// generator would cost more than sealing does.

#include "kms/crypto/random.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "kms/crypto/gcm.h"
#include "kms/crypto/secret.h"

namespace lethe::kms::crypto {
namespace {

constexpr std::size_t kPageSize = 4096;
constexpr std::size_t kLongestNonce = 24;

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
  std::uint8_t bytes[kPageSize - sizeof(std::size_t) - kGcmTagSize];
  std::uint8_t tag[kGcmTagSize];  // falls off, and is not used
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
    if (page_ == nullptr || out.size() > kLongestNonce || (page_->left < out.size() && !refill())) {
      from_system(out.data(), out.size());
      return;
    }
    std::uint8_t* next = page_->bytes + sizeof(page_->bytes) - page_->left;
    std::memcpy(out.data(), next, out.size());
    wipe(next, out.size());
    page_->left -= out.size();
  }

 private:
  // The key stream is what sealing zeros gives. False: the library failed.
  bool refill() noexcept {
    constexpr std::array<std::uint8_t, kGcmNonceSize> kNonce{};  // the key is used once
    Key key;
    from_system(key.writable().data(), key.bytes().size());
    std::memset(page_->bytes, 0, sizeof(page_->bytes));
    gcm_.set_key(key.bytes());
    const bool filled = gcm_.seal(kNonce, {}, page_->bytes, page_->bytes);
    gcm_.forget();
    page_->left = filled ? sizeof(page_->bytes) : 0;
    return filled;
  }

  Page* page_ = nullptr;
  Gcm gcm_;
};

}  // namespace

void random_bytes(std::span<std::uint8_t> out) noexcept {
  if (out.empty()) return;
  thread_local Pool pool;
  pool.hand_out(out);
}

}  // namespace lethe::kms::crypto
