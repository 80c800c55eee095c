// SPDX-License-Identifier: Apache-2.0

#include "connectors/arena.h"

#include <string.h>  // explicit_bzero

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace lethe::connectors {
namespace {

// Most batches fit the first chunk; the doubling keeps a large one at a few chunks.
constexpr std::size_t kFirstChunk = std::size_t{64} << 10;
constexpr std::size_t kLargestChunk = std::size_t{4} << 20;
constexpr std::size_t kMaxAlign = 16;
static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= kMaxAlign);

std::size_t aligned(std::size_t offset, std::size_t align) {
  return (offset + align - 1) & ~(align - 1);
}

void* allocate_for_plugin(void* self, std::uint64_t size, std::uint64_t align) {
  return static_cast<Arena*>(self)->allocate(static_cast<std::size_t>(size),
                                             static_cast<std::size_t>(align));
}

}  // namespace

Arena::Arena(std::size_t limit) : limit_(limit) {}

Arena::~Arena() {
  recycle();
}

Arena::Arena(Arena&& other) noexcept
    : chunks_(std::move(other.chunks_)),
      current_(std::exchange(other.current_, 0)),
      used_(std::exchange(other.used_, 0)),
      limit_(other.limit_) {
  other.chunks_.clear();
}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  recycle();  // what lies here is wiped before its chunks are freed
  chunks_ = std::move(other.chunks_);
  other.chunks_.clear();
  current_ = std::exchange(other.current_, 0);
  used_ = std::exchange(other.used_, 0);
  limit_ = other.limit_;
  return *this;
}

void* Arena::allocate(std::size_t size, std::size_t align) {
  if (align == 0 || align > kMaxAlign || (align & (align - 1)) != 0) return nullptr;
  if (size > limit_ - used_) return nullptr;
  for (; current_ < chunks_.size(); ++current_) {
    Chunk& chunk = chunks_[current_];
    const std::size_t at = aligned(chunk.used, align);
    if (at <= chunk.size && size <= chunk.size - at) {
      chunk.used = at + size;
      used_ += size;
      return chunk.bytes.get() + at;
    }
  }
  const std::size_t next =
      chunks_.empty() ? kFirstChunk : std::min(kLargestChunk, chunks_.back().size * 2);
  const std::size_t room = std::max(next, size);
  std::unique_ptr<unsigned char[]> bytes(new (std::nothrow) unsigned char[room]);
  if (bytes == nullptr) return nullptr;
  chunks_.push_back({std::move(bytes), room, size});
  used_ += size;
  return chunks_.back().bytes.get();
}

std::string_view Arena::copy(std::string_view text) {
  void* room = allocate(text.size());
  if (room == nullptr) return {};
  if (!text.empty()) std::memcpy(room, text.data(), text.size());
  return {static_cast<const char*>(room), text.size()};
}

void Arena::recycle() noexcept {
  for (Chunk& chunk : chunks_) {
    explicit_bzero(chunk.bytes.get(), chunk.used);
    chunk.used = 0;
  }
  current_ = 0;
  used_ = 0;
}

lethe_arena Arena::abi() noexcept {
  return {sizeof(lethe_arena), 0, this, allocate_for_plugin};
}

}  // namespace lethe::connectors
