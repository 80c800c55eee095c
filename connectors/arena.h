// SPDX-License-Identifier: Apache-2.0
//
// The memory of a batch: a bump allocator in chunks, wiped before it is used again, since opened
// fields have lain in it. Owned by a Batch; one thread. Nothing is freed singly.

#ifndef LETHE_CONNECTORS_ARENA_H_
#define LETHE_CONNECTORS_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "lethe/abi.h"

namespace lethe::connectors {

class Arena {
 public:
  // At most `limit` bytes in all; allocate() answers nullptr beyond it.
  explicit Arena(std::size_t limit = std::size_t{1} << 30);
  ~Arena();
  Arena(Arena&&) noexcept;
  Arena& operator=(Arena&&) noexcept;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // align: a power of two up to 16.
  void* allocate(std::size_t size, std::size_t align = 1);
  // A copy of text in the arena; a null view when the arena is full.
  std::string_view copy(std::string_view text);

  // Wipes what was used and keeps the chunks for the next batch.
  void recycle() noexcept;

  std::size_t used() const noexcept { return used_; }
  // For lethe_batch::arena. Valid while the arena is not moved.
  lethe_arena abi() noexcept;

 private:
  struct Chunk {
    std::unique_ptr<unsigned char[]> bytes;
    std::size_t size;
    std::size_t used;
  };
  std::vector<Chunk> chunks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
  std::size_t limit_;
};

}  // namespace lethe::connectors

#endif  // LETHE_CONNECTORS_ARENA_H_
