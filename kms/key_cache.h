// SPDX-License-Identifier: Apache-2.0
//
// The worker's one cache of data keys, each sealed under the session key: 32-byte keys, never
// cipher objects. Two indexes, by name tag and by DEK id, lead to one compact entry of about 125
// bytes all in. Bounded: when it is full, a key that was not used lately makes room (CLOCK).
//
// Thread-safe. It is divided into shards, and a batch locks each at most once: a name shard answers
// with references, and the key shards behind them verify and copy. Look-ups prefetch in groups, as
// a cache of a million keys lies in main memory. A shard is never locked for I/O or cryptography.

#ifndef LETHE_KMS_KEY_CACHE_H_
#define LETHE_KMS_KEY_CACHE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kms/crypto/session_seal.h"
#include "kms/name_tag.h"
#include "kms/store/rows.h"

namespace lethe::kms {

// A data key in the hands of a session: its own copy, sealed.
struct HeldKey {
  store::DekId dek_id;
  crypto::SessionSealedKey sealed{};
  std::uint8_t suite = 0;
  // The subject was erased and lives on by the pipeline's policy "recreate", not by the fence's:
  // pipelines with another policy may not seal with it.
  bool only_if_recreating = false;
};

class KeyCache {
 public:
  // Scratch memory of one session, so that look-ups allocate nothing once it has grown.
  class Scratch {
   private:
    friend class KeyCache;
    std::vector<std::uint32_t> order_;       // positions, grouped by shard
    std::vector<std::uint32_t> references_;  // per position
  };

  explicit KeyCache(std::size_t max_keys);
  ~KeyCache();
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  // For each id: found[i] = 1 and the key in out[i], or found[i] = 0. Spans of one size.
  void find(std::span<const NameTag> tags, std::span<HeldKey> out, std::span<std::uint8_t> found,
            Scratch& scratch);
  void find(std::span<const store::DekId> ids, std::span<HeldKey> out,
            std::span<std::uint8_t> found, Scratch& scratch);

  struct Entry {
    HeldKey key;
    store::SubjectHash subject;
    NameTag tag;  // all zero: the name is not known (it was looked up by DEK id)
  };
  // Puts keys in that were found while `generation` was current. If something was dropped since,
  // they are left out: they may be what was erased meanwhile.
  void insert(std::span<const Entry> entries, std::uint64_t generation);
  std::uint64_t generation() const noexcept { return generation_.load(); }

  // Removes these keys, and all keys of these subjects, wiping them.
  void drop(std::span<const store::DekId> ids, std::span<const store::SubjectHash> subjects);

  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  std::size_t max_keys() const noexcept { return max_keys_; }

 private:
  struct NameShard;
  class KeyShard;

  std::uint32_t shard_of(const std::uint8_t first_byte) const noexcept {
    return first_byte & (shards_ - 1);
  }
  void find_references(std::span<const NameTag> tags, Scratch& scratch);
  void insert(const Entry& entry, std::uint64_t generation);
  bool make_room(KeyShard& shard, std::uint32_t number);
  void remove(KeyShard& shard, std::uint32_t number, std::uint32_t at);
  void forget_name(const NameTag& tag, std::uint32_t reference);

  const std::size_t max_keys_;
  const std::uint32_t shards_;  // a power of two, at most 16
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> generation_{0};
  std::unique_ptr<NameShard[]> names_;
  std::unique_ptr<KeyShard[]> keys_;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_KEY_CACHE_H_
