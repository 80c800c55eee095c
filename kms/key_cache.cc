// SPDX-License-Identifier: Apache-2.0
//
// Locks: a key shard may be held while a name shard is taken, never the other way round. A name
// shard gives only hints; the entry itself says whose key it is, so a stale hint is a miss and no
// more.
#include "kms/key_cache.h"

#include <algorithm>
#include <mutex>

#include "kms/key_shard.h"

namespace lethe::kms {
namespace {

constexpr std::uint32_t kMaxShards = 16;
constexpr std::uint32_t kNowhere = kMaxShards;  // the group of what has no reference
constexpr std::size_t kMinKeysToShard = 4096;
constexpr std::size_t kAhead = 32;  // prefetches under way at once
constexpr std::uint32_t kShardShift = 28;
constexpr std::uint32_t kPositionMask = (1U << kShardShift) - 1;

using Starts = std::array<std::uint32_t, kMaxShards + 2>;

// Orders the positions 0..n-1 by group: those of group g are order[starts[g]] to
// order[starts[g + 1] - 1].
template <class GroupOf>
Starts group(std::size_t n, std::vector<std::uint32_t>& order, GroupOf group_of) {
  Starts starts{};
  for (std::size_t i = 0; i < n; ++i) ++starts[group_of(i) + 1];
  for (std::size_t g = 1; g < starts.size(); ++g) starts[g] += starts[g - 1];
  Starts next = starts;
  order.resize(n);
  for (std::size_t i = 0; i < n; ++i) order[next[group_of(i)]++] = static_cast<std::uint32_t>(i);
  return starts;
}

// Calls work(first, last) for stretches of the order that one prefetch group covers.
template <class Work>
void in_stretches(const std::vector<std::uint32_t>& order, std::uint32_t from, std::uint32_t to,
                  Work work) {
  for (std::size_t at = from; at < to; at += kAhead)
    work(order.data() + at, order.data() + std::min<std::size_t>(at + kAhead, to));
}

}  // namespace

struct alignas(64) KeyCache::NameShard {
  std::mutex mutex;
  IdIndex index;  // to references: shard << 28 | position
};

KeyCache::KeyCache(std::size_t max_keys)
    : max_keys_(std::clamp<std::size_t>(max_keys, 1, kPositionMask)),
      shards_(max_keys_ >= kMinKeysToShard ? kMaxShards : 1),
      names_(std::make_unique<NameShard[]>(shards_)),
      keys_(std::make_unique<KeyShard[]>(shards_)) {}
KeyCache::~KeyCache() = default;

void KeyCache::find_references(std::span<const NameTag> tags, Scratch& scratch) {
  scratch.references_.resize(tags.size());
  const Starts starts =
      group(tags.size(), scratch.order_, [&](std::size_t i) { return shard_of(tags[i].bytes[0]); });
  const auto any = [](std::uint32_t) { return true; };
  for (std::uint32_t s = 0; s < shards_; ++s) {
    if (starts[s] == starts[s + 1]) continue;
    const std::lock_guard lock(names_[s].mutex);
    const IdIndex& index = names_[s].index;
    in_stretches(scratch.order_, starts[s], starts[s + 1],
                 [&](const auto* first, const auto* last) {
                   for (const auto* i = first; i != last; ++i) index.prefetch(index_hash(tags[*i]));
                   for (const auto* i = first; i != last; ++i)
                     scratch.references_[*i] = index.find(index_hash(tags[*i]), any);
                 });
  }
}

void KeyCache::find(std::span<const NameTag> tags, std::span<HeldKey> out,
                    std::span<std::uint8_t> found, Scratch& scratch) {
  find_references(tags, scratch);
  const std::vector<std::uint32_t>& references = scratch.references_;
  const Starts starts = group(tags.size(), scratch.order_, [&](std::size_t i) {
    return references[i] == IdIndex::kNone ? kNowhere : references[i] >> kShardShift;
  });
  std::fill(found.begin(), found.end(), std::uint8_t{0});
  for (std::uint32_t s = 0; s < shards_; ++s) {
    if (starts[s] == starts[s + 1]) continue;
    KeyShard& shard = keys_[s];
    const std::lock_guard lock(shard.mutex);
    in_stretches(scratch.order_, starts[s], starts[s + 1],
                 [&](const auto* first, const auto* last) {
                   for (const auto* i = first; i != last; ++i)
                     shard.prefetch_slot(references[*i] & kPositionMask);
                   for (const auto* i = first; i != last; ++i) {
                     KeyShard::Slot& slot = shard.slot(references[*i] & kPositionMask);
                     if (!slot.taken || slot.tag != tags[*i]) continue;
                     if (!slot.used_lately) slot.used_lately = true;
                     out[*i] = {slot.dek_id, slot.sealed, slot.suite, slot.only_if_recreating};
                     found[*i] = 1;
                   }
                 });
  }
}

void KeyCache::find(std::span<const store::DekId> ids, std::span<HeldKey> out,
                    std::span<std::uint8_t> found, Scratch& scratch) {
  scratch.references_.resize(ids.size());
  const Starts starts =
      group(ids.size(), scratch.order_, [&](std::size_t i) { return shard_of(ids[i].bytes[0]); });
  std::fill(found.begin(), found.end(), std::uint8_t{0});
  for (std::uint32_t s = 0; s < shards_; ++s) {
    if (starts[s] == starts[s + 1]) continue;
    KeyShard& shard = keys_[s];
    const std::lock_guard lock(shard.mutex);
    in_stretches(scratch.order_, starts[s], starts[s + 1],
                 [&](const auto* first, const auto* last) {
                   for (const auto* i = first; i != last; ++i) shard.prefetch_index(ids[*i]);
                   for (const auto* i = first; i != last; ++i) {
                     const std::uint32_t guess = scratch.references_[*i] = shard.guess(ids[*i]);
                     if (guess != IdIndex::kNone) shard.prefetch_slot(guess);
                   }
                   for (const auto* i = first; i != last; ++i) {
                     std::uint32_t at = scratch.references_[*i];
                     if (at == IdIndex::kNone) continue;
                     if (shard.slot(at).dek_id != ids[*i]) at = shard.find(ids[*i]);
                     if (at == IdIndex::kNone) continue;
                     KeyShard::Slot& slot = shard.slot(at);
                     if (!slot.used_lately) slot.used_lately = true;
                     out[*i] = {slot.dek_id, slot.sealed, slot.suite, slot.only_if_recreating};
                     found[*i] = 1;
                   }
                 });
  }
}

void KeyCache::insert(std::span<const Entry> entries, std::uint64_t generation) {
  for (const Entry& entry : entries) insert(entry, generation);
}

void KeyCache::insert(const Entry& entry, std::uint64_t generation) {
  const std::uint32_t s = shard_of(entry.key.dek_id.bytes[0]);
  KeyShard& shard = keys_[s];
  const std::lock_guard lock(shard.mutex);
  // drop() moves the generation on before it visits this shard: what is put in here under the old
  // one is seen by it.
  if (generation_.load() != generation) return;
  std::uint32_t at = shard.find(entry.key.dek_id);
  if (at == IdIndex::kNone) {
    if (size_.fetch_add(1) >= max_keys_ && !make_room(shard, s)) return;
    at = shard.add(entry.key.dek_id, entry.subject);
  }
  KeyShard::Slot& slot = shard.slot(at);
  slot.sealed = entry.key.sealed;
  slot.suite = entry.key.suite;
  if (entry.tag == NameTag{}) return;
  slot.only_if_recreating = entry.key.only_if_recreating;
  if (slot.tag == entry.tag) return;
  const std::uint32_t reference = s << kShardShift | at;
  if (slot.tag != NameTag{}) forget_name(slot.tag, reference);
  slot.tag = entry.tag;
  NameShard& names = names_[shard_of(entry.tag.bytes[0])];
  const std::lock_guard names_lock(names.mutex);
  names.index.insert(index_hash(entry.tag), reference);
}

// Gives one key of this shard up in exchange for the place that was reserved beyond the bound;
// false: it has none, and the reservation is given back. The count is never below what is promised,
// so that nobody else slips in between.
bool KeyCache::make_room(KeyShard& shard, std::uint32_t number) {
  const auto victim = shard.victim();
  if (victim) {
    remove(shard, number, *victim);
  } else {
    size_.fetch_sub(1);
  }
  return victim.has_value();
}

void KeyCache::remove(KeyShard& shard, std::uint32_t number, std::uint32_t at) {
  const NameTag tag = shard.slot(at).tag;
  if (tag != NameTag{}) forget_name(tag, number << kShardShift | at);
  shard.remove(at);
  size_.fetch_sub(1);
}

void KeyCache::forget_name(const NameTag& tag, std::uint32_t reference) {
  NameShard& names = names_[shard_of(tag.bytes[0])];
  const std::lock_guard lock(names.mutex);
  names.index.erase(index_hash(tag), reference);
}

void KeyCache::drop(std::span<const store::DekId> ids,
                    std::span<const store::SubjectHash> subjects) {
  generation_.fetch_add(1);
  for (const store::DekId& id : ids) {
    const std::uint32_t s = shard_of(id.bytes[0]);
    const std::lock_guard lock(keys_[s].mutex);
    const std::uint32_t at = keys_[s].find(id);
    if (at != IdIndex::kNone) remove(keys_[s], s, at);
  }
  if (subjects.empty()) return;
  std::vector<std::uint64_t> wanted;
  for (const store::SubjectHash& subject : subjects) wanted.push_back(store::hash_of(subject));
  std::sort(wanted.begin(), wanted.end());
  for (std::uint32_t s = 0; s < shards_; ++s) {
    KeyShard& shard = keys_[s];
    const std::lock_guard lock(shard.mutex);
    for (std::uint32_t at = 0; at < shard.end(); ++at)
      if (std::binary_search(wanted.begin(), wanted.end(), shard.subject(at)) &&
          shard.slot(at).taken)
        remove(shard, s, at);
  }
}

}  // namespace lethe::kms
