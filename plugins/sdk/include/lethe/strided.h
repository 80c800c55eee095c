// SPDX-License-Identifier: Apache-2.0
//
// Strided<T>: an array whose elements lie `stride` bytes apart, as arrays cross the plugin ABI. The
// stride is the sender's sizeof(T), which may be larger than ours (a newer minor version).
// Borrowed, never owned.

#ifndef LETHE_STRIDED_H_
#define LETHE_STRIDED_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace lethe {

template <class T>
class Strided {
  using Byte = std::conditional_t<std::is_const_v<T>, const unsigned char, unsigned char>;

 public:
  Strided() = default;
  Strided(T* first, std::size_t n) : Strided(first, sizeof(T), n) {}
  Strided(T* first, std::uint64_t stride, std::uint64_t n)
      : bytes_(reinterpret_cast<Byte*>(first)), stride_(stride), n_(n) {}

  T& operator[](std::size_t i) const { return *reinterpret_cast<T*>(bytes_ + i * stride_); }
  std::size_t size() const { return static_cast<std::size_t>(n_); }
  bool empty() const { return n_ == 0; }
  T* data() const { return reinterpret_cast<T*>(bytes_); }
  std::uint64_t stride() const { return stride_; }

  class Iterator {
   public:
    Iterator(const Strided* array, std::size_t i) : array_(array), i_(i) {}
    T& operator*() const { return (*array_)[i_]; }
    Iterator& operator++() {
      ++i_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return i_ != other.i_; }

   private:
    const Strided* array_;
    std::size_t i_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  Byte* bytes_ = nullptr;
  std::uint64_t stride_ = sizeof(T);
  std::uint64_t n_ = 0;
};

}  // namespace lethe

#endif  // LETHE_STRIDED_H_
