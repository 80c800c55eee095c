// SPDX-License-Identifier: Apache-2.0
//
// A compact map from 16-byte identifiers that are outputs of a keyed function to small values: open
// addressing, linear probing, no node per entry. Entries are never removed. One thread at a time.

#ifndef LETHE_KMS_ID_TABLE_H_
#define LETHE_KMS_ID_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "kms/store/rows.h"

namespace lethe::kms {

template <class Id, class Value>
class IdTable {
 public:
  // The value of that id; nullptr: not in the table.
  const Value* find(const Id& id) const noexcept {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = home(id); slots_[at].used; at = next(at))
      if (slots_[at].id == id) return &slots_[at].value;
    return nullptr;
  }

  // The value of that id, made if it was not there.
  Value& operator[](const Id& id) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    std::size_t at = home(id);
    while (slots_[at].used && slots_[at].id != id) at = next(at);
    if (!slots_[at].used) {
      slots_[at].used = true;
      slots_[at].id = id;
      ++size_;
    }
    return slots_[at].value;
  }

  std::size_t size() const noexcept { return size_; }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_)
      if (slot.used) visit(slot.id, slot.value);
  }

 private:
  struct Slot {
    Id id;
    Value value{};
    bool used = false;
  };

  // A power of two of slots.
  std::size_t home(const Id& id) const noexcept {
    return static_cast<std::size_t>(store::hash_of(id)) & (slots_.size() - 1);
  }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (Slot& slot : old) {
      if (!slot.used) continue;
      std::size_t at = home(slot.id);
      while (slots_[at].used) at = next(at);
      slots_[at] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_ID_TABLE_H_
