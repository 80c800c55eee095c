// SPDX-License-Identifier: Apache-2.0
//
// A buffer that grows and is used again: bytes are taken at the end, addressed by offset while it
// may still move, and wiped when the batch is over, since plaintext has lain in it. One thread.

#ifndef LETHE_FIELDS_BYTE_BUFFER_H_
#define LETHE_FIELDS_BYTE_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace lethe::fields {

class ByteBuffer {
 public:
  ByteBuffer() = default;
  ~ByteBuffer() { wipe(); }
  ByteBuffer(const ByteBuffer&) = delete;
  ByteBuffer& operator=(const ByteBuffer&) = delete;

  // Offset of `size` new bytes. Pointers from at() are void after it.
  std::size_t take(std::size_t size) {
    const std::size_t offset = used_;
    if (capacity_ - used_ < size) grow(used_ + size);
    used_ += size;
    return offset;
  }
  // Gives back what was taken from `offset` on.
  void truncate(std::size_t offset) noexcept { used_ = offset; }

  std::uint8_t* at(std::size_t offset) noexcept { return bytes_.get() + offset; }
  const std::uint8_t* at(std::size_t offset) const noexcept { return bytes_.get() + offset; }
  std::size_t size() const noexcept { return used_; }

  // Overwrites what was used and starts anew; the memory is kept.
  void wipe() noexcept {
    overwrite(used_);
    used_ = 0;
  }
  // For bytes that were no secret.
  void clear() noexcept { used_ = 0; }

 private:
  void grow(std::size_t needed) {
    std::size_t capacity = capacity_ < 4096 ? 4096 : capacity_ * 2;
    while (capacity < needed) capacity *= 2;
    std::unique_ptr<std::uint8_t[]> larger(new std::uint8_t[capacity]);
    if (used_ != 0) std::memcpy(larger.get(), bytes_.get(), used_);
    overwrite(used_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }
  void overwrite(std::size_t size) noexcept {
    if (size == 0) return;
    std::memset(bytes_.get(), 0, size);
    // The memory is read, as far as the compiler knows: the memset stays.
    __asm__ __volatile__("" : : "r"(bytes_.get()) : "memory");
  }

  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_BYTE_BUFFER_H_
