// SPDX-License-Identifier: Apache-2.0
//
// Secret<N>: N bytes of key material that are wiped when they die. Move-only, so that no copy is
// made by accident; never printed, compared or converted to text. Long-lived secrets (KEKs, tenant
// secret, session key) live in a SecretPage, which is locked into memory where the limit allows and
// left out of core dumps; a Secret on the stack or in a container is only wiped.

#ifndef LETHE_KMS_CRYPTO_SECRET_H_
#define LETHE_KMS_CRYPTO_SECRET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace lethe::kms::crypto {

// Overwrites memory in a way that the compiler keeps.
void wipe(void* data, std::size_t size) noexcept;

template <std::size_t N>
class Secret {
 public:
  Secret() noexcept { bytes_.fill(0); }
  explicit Secret(std::span<const std::uint8_t, N> bytes) noexcept {
    for (std::size_t i = 0; i < N; ++i) bytes_[i] = bytes[i];
  }
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.clear(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.clear();
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { clear(); }

  // The one deliberate copy.
  Secret clone() const noexcept { return Secret(std::span<const std::uint8_t, N>(bytes_)); }
  void clear() noexcept { wipe(bytes_.data(), N); }

  std::span<const std::uint8_t, N> bytes() const noexcept { return bytes_; }
  std::span<std::uint8_t, N> writable() noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, N> bytes_;
};

using Key = Secret<32>;  // a DEK, KEK, seal key, root or tenant secret

// A page of memory for a few long-lived keys: mlock (best effort), MADV_DONTDUMP, MADV_WIPEONFORK,
// wiped and unmapped at the end. Not copyable or movable; share it by reference.
class SecretPage {
 public:
  SecretPage();
  ~SecretPage();
  SecretPage(const SecretPage&) = delete;
  SecretPage& operator=(const SecretPage&) = delete;

  // `size` bytes of the page, zeroed; aborts when the page (4,096 bytes) is full.
  std::span<std::uint8_t> take(std::size_t size);
  bool locked() const noexcept { return locked_; }

 private:
  std::uint8_t* page_ = nullptr;
  std::size_t used_ = 0;
  bool locked_ = false;
};

}  // namespace lethe::kms::crypto

#endif  // LETHE_KMS_CRYPTO_SECRET_H_
