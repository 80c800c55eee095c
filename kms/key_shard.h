// SPDX-License-Identifier: Apache-2.0
//
// One shard of the key cache: the entries themselves, in blocks that never move, an index by DEK
// id, and the hand of the CLOCK. Internal to KeyCache, which holds the mutex for every call.

#ifndef LETHE_KMS_KEY_SHARD_H_
#define LETHE_KMS_KEY_SHARD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "kms/id_index.h"
#include "kms/key_cache.h"

namespace lethe::kms {

// Bytes 4 to 8 of an id; byte 0 chooses the shard.
template <class Id>
std::uint32_t index_hash(const Id& id) noexcept {
  std::uint32_t hash;
  std::memcpy(&hash, id.bytes.data() + 4, sizeof hash);
  return hash;
}

class KeyCache::KeyShard {
 public:
  // 96 bytes on two cache lines.
  struct alignas(32) Slot {
    NameTag tag;
    store::DekId dek_id;
    crypto::SessionSealedKey sealed{};
    std::uint8_t suite = 0;
    bool only_if_recreating = false;
    bool used_lately = false;
    bool taken = false;
  };
  static_assert(sizeof(Slot) == 96);

  std::mutex mutex;

  std::size_t size() const noexcept { return by_id_.size(); }
  std::uint32_t end() const noexcept { return end_; }

  Slot& slot(std::uint32_t at) noexcept { return blocks_[at / kBlock]->slots[at % kBlock]; }
  std::uint64_t subject(std::uint32_t at) const noexcept {
    return blocks_[at / kBlock]->subjects[at % kBlock];
  }

  void prefetch_index(const store::DekId& id) const noexcept { by_id_.prefetch(index_hash(id)); }
  void prefetch_slot(std::uint32_t at) noexcept {
    const auto* bytes = reinterpret_cast<const char*>(&slot(at));
    __builtin_prefetch(bytes);
    __builtin_prefetch(bytes + 64);
  }

  // A slot that may hold this id: its hash fits.
  std::uint32_t guess(const store::DekId& id) const noexcept {
    return by_id_.find(index_hash(id), [](std::uint32_t) { return true; });
  }
  std::uint32_t find(const store::DekId& id) noexcept {
    return by_id_.find(index_hash(id), [&](std::uint32_t at) { return slot(at).dek_id == id; });
  }

  // A new slot for this id, without a name.
  std::uint32_t add(const store::DekId& id, const store::SubjectHash& subject) {
    const std::uint32_t at = room();
    Slot& fresh = slot(at);
    fresh.dek_id = id;
    fresh.taken = true;
    blocks_[at / kBlock]->subjects[at % kBlock] = store::hash_of(subject);
    by_id_.insert(index_hash(id), at);
    return at;
  }

  void remove(std::uint32_t at) {
    Slot& old = slot(at);
    by_id_.erase(index_hash(old.dek_id), at);
    crypto::wipe(old.sealed.data(), old.sealed.size());
    old = {};
    blocks_[at / kBlock]->subjects[at % kBlock] = 0;
    free_.push_back(at);
  }

  // The next slot that was not used since the hand last passed it; nothing in an empty shard.
  std::optional<std::uint32_t> victim() noexcept {
    if (size() == 0) return std::nullopt;
    for (;;) {
      if (hand_ >= end_) hand_ = 0;
      Slot& candidate = slot(hand_);
      if (candidate.taken && !candidate.used_lately) return hand_++;
      candidate.used_lately = false;
      ++hand_;
    }
  }

 private:
  static constexpr std::uint32_t kBlock = 256;
  struct Block {
    std::array<Slot, kBlock> slots;
    std::array<std::uint64_t, kBlock> subjects{};  // first bytes of the subject hash, for drop()
  };

  std::uint32_t room() {
    if (!free_.empty()) {
      const std::uint32_t at = free_.back();
      free_.pop_back();
      return at;
    }
    if (end_ % kBlock == 0) blocks_.push_back(std::make_unique<Block>());
    return end_++;
  }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::uint32_t> free_;
  IdIndex by_id_;
  std::uint32_t end_ = 0;
  std::uint32_t hand_ = 0;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_KEY_SHARD_H_
