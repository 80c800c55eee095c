// SPDX-License-Identifier: Apache-2.0
//
// An index from a 32-bit hash to a 32-bit reference, for the key cache: open addressing over 8-byte
// slots, linear probing. A slot's home is found by multiplication, so the table may have any size:
// it grows by a quarter, which keeps memory per key low and steps small. The caller decides by
// `matches` which reference of an equal hash is meant. One thread at a time.

#ifndef LETHE_KMS_ID_INDEX_H_
#define LETHE_KMS_ID_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lethe::kms {

class IdIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  void prefetch(std::uint32_t hash) const noexcept {
    if (!slots_.empty()) __builtin_prefetch(&slots_[home(hash)]);
  }

  template <class Matches>
  std::uint32_t find(std::uint32_t hash, Matches matches) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = home(hash); slots_[at].reference != kNone; at = next(at))
      if (slots_[at].hash == hash && matches(slots_[at].reference)) return slots_[at].reference;
    return kNone;
  }

  void insert(std::uint32_t hash, std::uint32_t reference) {
    if (10 * (size_ + 1) > 8 * slots_.size()) grow();
    place({hash, reference});
    ++size_;
  }

  // Nothing happens if that pair is not in the index.
  void erase(std::uint32_t hash, std::uint32_t reference) noexcept {
    if (slots_.empty()) return;
    std::size_t at = home(hash);
    for (; slots_[at].reference != reference || slots_[at].hash != hash; at = next(at))
      if (slots_[at].reference == kNone) return;
    close_gap(at);
    --size_;
  }

  std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t reference = kNone;
  };

  std::size_t home(std::uint32_t hash) const noexcept {
    return static_cast<std::size_t>((std::uint64_t{hash} * slots_.size()) >> 32);
  }
  std::size_t next(std::size_t at) const noexcept { return at + 1 == slots_.size() ? 0 : at + 1; }
  std::size_t distance(std::size_t from, std::size_t to) const noexcept {
    return to >= from ? to - from : to + slots_.size() - from;
  }

  void place(Slot slot) noexcept {
    std::size_t at = home(slot.hash);
    while (slots_[at].reference != kNone) at = next(at);
    slots_[at] = slot;
  }

  // Moves later slots of the run back over the gap, unless that would put one before its home.
  void close_gap(std::size_t gap) noexcept {
    for (std::size_t at = next(gap); slots_[at].reference != kNone; at = next(at)) {
      if (distance(home(slots_[at].hash), at) < distance(gap, at)) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = {};
  }

  void grow() {
    std::vector<Slot> old(slots_.size() + slots_.size() / 4 + 16);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.reference != kNone) place(slot);
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_ID_INDEX_H_
