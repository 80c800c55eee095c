// SPDX-License-Identifier: Apache-2.0
//
// An index of 4-byte slots from a 64-bit hash to the number of a row; the hash itself stays in the
// row, where `hash_of` reads it. Open addressing with linear probing. Homes keep the order of the
// hashes and probing never wraps around, so that whatever lies behind an empty slot has a greater
// hash than whatever lies before it: an index over an id's first bytes can be walked in order. For
// ids that are outputs of a keyed function. Equal hashes may stand in it many times. One thread at
// a time.

#ifndef LETHE_KMS_STORE_ROW_INDEX_H_
#define LETHE_KMS_STORE_ROW_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lethe::kms::store {

class RowIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  // Calls visit(row) for every row that may have this hash, until it returns true.
  template <class Visit>
  void probe(std::uint64_t hash, Visit visit) const {
    if (slots_.empty()) return;
    for (std::size_t at = home(hash); slots_[at] != kNone; ++at)
      if (visit(slots_[at])) return;
  }

  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t row, HashOf hash_of) {
    if (10 * (size_ + 1) > 8 * homes_ || !place(hash, row)) {
      grow(hash_of);
      while (!place(hash, row)) grow(hash_of);
    }
    ++size_;
  }

  template <class HashOf>
  void erase(std::uint64_t hash, std::uint32_t row, HashOf hash_of) {
    if (slots_.empty()) return;
    std::size_t at = home(hash);
    while (slots_[at] != kNone && slots_[at] != row) ++at;
    if (slots_[at] == kNone) return;
    close_gap(at, hash_of);
    --size_;
  }

  // Calls visit(row) for the rows from this hash on, a little out of order and beginning with some
  // smaller ones, and gap() wherever all rows visited come before all others; until gap() is false.
  template <class Visit, class Gap>
  void walk(std::uint64_t hash, Visit visit, Gap gap) const {
    if (slots_.empty()) return;
    for (std::size_t at = home(hash); at < slots_.size(); ++at) {
      if (slots_[at] != kNone) {
        visit(slots_[at]);
      } else if (!gap()) {
        return;
      }
    }
  }

  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t kLeast = 64;
  // Room behind the last home for rows that were moved on, and one slot that stays empty.
  static constexpr std::size_t kSpill = 256;

  std::size_t home(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>(((hash >> 32) * homes_) >> 32);
  }

  // False: no room is left at the end.
  bool place(std::uint64_t hash, std::uint32_t row) noexcept {
    std::size_t at = home(hash);
    while (slots_[at] != kNone) ++at;
    if (at + 1 == slots_.size()) return false;
    slots_[at] = row;
    return true;
  }

  template <class HashOf>
  void grow(HashOf hash_of) {
    const std::vector<std::uint32_t> old = std::exchange(slots_, {});
    homes_ = homes_ == 0 ? kLeast : homes_ + homes_ / 2;
    std::size_t spill = kSpill;
    while (!refill(old, spill, hash_of)) spill *= 2;
  }

  template <class HashOf>
  bool refill(const std::vector<std::uint32_t>& rows, std::size_t spill, HashOf hash_of) {
    slots_.assign(homes_ + spill, kNone);
    for (const std::uint32_t row : rows)
      if (row != kNone && !place(hash_of(row), row)) return false;
    return true;
  }

  // Moves later rows of the run back over the gap, unless that would put one before its home.
  template <class HashOf>
  void close_gap(std::size_t gap, HashOf hash_of) {
    for (std::size_t at = gap + 1; slots_[at] != kNone; ++at) {
      if (home(hash_of(slots_[at])) > gap) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = kNone;
  }

  std::vector<std::uint32_t> slots_;
  std::size_t homes_ = 0;
  std::size_t size_ = 0;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_ROW_INDEX_H_
