// SPDX-License-Identifier: Apache-2.0
#include "kms/gateway_session.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kms/crypto/digest.h"
#include "kms/crypto/random.h"
#include "lethe/suites.h"

namespace lethe::kms {
namespace {

constexpr std::size_t kMaxName = 1024;
constexpr std::size_t kMostNoted = std::size_t{1} << 20;  // keys between two confirmations

std::string_view text_of(const lethe_view& view) {
  return {view.data, static_cast<std::size_t>(view.size)};
}

crypto::Bytes bytes_of(const lethe_view& view) {
  return {reinterpret_cast<const std::uint8_t*>(view.data), static_cast<std::size_t>(view.size)};
}

// The suite of keys that sealing may ask for. Suite 3 has no keys of its own.
bool has_keys(std::uint32_t suite) {
  return suite != kDeterministicSuite && crypto::AeadContext::supports(suite);
}

// The positions of a batch that are still open, ordered so that equal ids lie side by side.
template <class Id, class IsOpen>
std::vector<std::uint32_t> open_places(const std::vector<Id>& ids, IsOpen is_open) {
  std::vector<std::uint32_t> places;
  for (std::uint32_t i = 0; i < ids.size(); ++i)
    if (is_open(i)) places.push_back(i);
  std::sort(places.begin(), places.end(),
            [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; });
  return places;
}

}  // namespace

GatewaySession::GatewaySession(GatewayParts& parts, bool internal)
    : parts_(parts),
      internal_(internal),
      context_(parts.seal),
      sealing_(parts, context_),
      opening_(parts, context_) {
  // A random start: a handle of another session hardly ever looks like one of this one.
  std::array<std::uint8_t, 4> start;
  crypto::random_bytes(start);
  std::memcpy(&batch_, start.data(), sizeof batch_);
}

bool GatewaySession::may_seal(const lethe_sealing_key& key) const {
  const std::string_view name = text_of(key.name);
  if (name.empty() || name.size() > kMaxName || !has_keys(key.suite)) return false;
  if (std::memchr(name.data(), 0, name.size()) != nullptr) return false;
  return internal_ || !name.starts_with(kReservedNamePrefix);
}

// A cached name is a valid one, but it may be the worker's own, or a subject that lives on only for
// pipelines that recreate. Suites are told apart by one byte of the tag.
bool GatewaySession::may_use_cached(const lethe_sealing_key& key, const HeldKey& held,
                                    ErasedPolicy on_erased) const {
  return held.suite == key.suite &&
         (internal_ || !text_of(key.name).starts_with(kReservedNamePrefix)) &&
         (!held.only_if_recreating || on_erased == ErasedPolicy::kRecreate);
}

Result<void> GatewaySession::start_batch(std::size_t size) {
  if (++batch_ == 0) ++batch_;  // no handle is 0
  held_.resize(size);
  is_held_.resize(size);
  std::fill(is_held_.begin(), is_held_.end(), std::uint8_t{0});
  LETHE_TRY(parts_.follower.catch_up());
  LETHE_TRY(parts_.beacons.check_lease());
  if (used_.empty() && !used_many_) used_generation_ = parts_.cache.generation();
  return {};
}

void GatewaySession::note_use() {
  for (std::size_t i = 0; i < held_.size(); ++i)
    if (is_held_[i] != 0) used_.push_back(held_[i].dek_id);
  if (used_.size() <= kMostNoted) return;
  used_.clear();
  used_many_ = true;
}

Result<void> GatewaySession::confirm() {
  LETHE_TRY(parts_.follower.catch_up());
  LETHE_TRY(parts_.beacons.check_leaving());
  const bool untouched = parts_.cache.generation() == used_generation_;
  const auto is_erased = [&](const store::DekId& id) {
    return parts_.view.dek(id) != DekView::kNothing;
  };
  const bool alive =
      untouched || (!used_many_ && std::none_of(used_.begin(), used_.end(), is_erased));
  used_.clear();
  used_many_ = false;
  if (alive) return {};
  return transient("A key of this batch was erased while the batch was under way");
}

Result<void> GatewaySession::for_sealing(Strided<lethe_sealing_key> keys, ErasedPolicy on_erased) {
  LETHE_TRY(start_batch(keys.size()));
  tags_.resize(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    tags_[i] = parts_.tagger.tag(text_of(keys[i].name), keys[i].suite);
  parts_.cache.find(tags_, held_, is_held_, scratch_);

  std::size_t hits = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    lethe_sealing_key& key = keys[i];
    if (is_held_[i] == 0 || !may_use_cached(key, held_[i], on_erased)) {
      is_held_[i] = 0;
      key.handle = 0;
      key.state = may_seal(key) ? LETHE_KEY_UNKNOWN : LETHE_KEY_INVALID;
      continue;
    }
    ++hits;
    key.handle = handle(i);
    key.state = LETHE_KEY_AVAILABLE;
    std::memcpy(key.dek_id, held_[i].dek_id.bytes.data(), sizeof key.dek_id);
  }
  parts_.cache_hits.fetch_add(hits, std::memory_order_relaxed);
  if (hits != keys.size()) LETHE_TRY(resolve_sealing(keys, on_erased));
  note_use();
  return {};
}

Result<void> GatewaySession::resolve_sealing(Strided<lethe_sealing_key> keys,
                                             ErasedPolicy on_erased) {
  const auto places =
      open_places(tags_, [&](std::size_t i) { return keys[i].state == LETHE_KEY_UNKNOWN; });
  std::vector<WantedKey> wanted;
  for (const std::uint32_t i : places)
    if (wanted.empty() || wanted.back().tag != tags_[i])
      wanted.push_back({text_of(keys[i].name), tags_[i], static_cast<std::uint8_t>(keys[i].suite),
                        LETHE_KEY_UNKNOWN, HeldKey{}});
  parts_.cache_misses.fetch_add(wanted.size(), std::memory_order_relaxed);
  LETHE_TRY(sealing_.resolve(wanted, on_erased));

  auto answer = wanted.begin();
  for (const std::uint32_t i : places) {
    if (answer->tag != tags_[i]) ++answer;
    keys[i].state = answer->state;
    if (answer->state != LETHE_KEY_AVAILABLE) continue;
    held_[i] = answer->key;
    is_held_[i] = 1;
    keys[i].handle = handle(i);
    std::memcpy(keys[i].dek_id, held_[i].dek_id.bytes.data(), sizeof keys[i].dek_id);
  }
  return {};
}

Result<void> GatewaySession::for_opening(Strided<lethe_opening_key> keys) {
  LETHE_TRY(start_batch(keys.size()));
  ids_.resize(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    std::memcpy(ids_[i].bytes.data(), keys[i].dek_id, sizeof keys[i].dek_id);
  parts_.cache.find(ids_, held_, is_held_, scratch_);

  std::size_t hits = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool found = is_held_[i] != 0;
    hits += found;
    keys[i].handle = found ? handle(i) : 0;
    keys[i].state = found ? LETHE_KEY_AVAILABLE : LETHE_KEY_UNKNOWN;
  }
  parts_.cache_hits.fetch_add(hits, std::memory_order_relaxed);
  if (hits != keys.size()) LETHE_TRY(resolve_opening(keys));
  note_use();
  return {};
}

Result<void> GatewaySession::resolve_opening(Strided<lethe_opening_key> keys) {
  const auto places = open_places(ids_, [&](std::size_t i) { return is_held_[i] == 0; });
  std::vector<SoughtKey> sought;
  for (const std::uint32_t i : places)
    if (sought.empty() || sought.back().id != ids_[i])
      sought.push_back({ids_[i], LETHE_KEY_UNKNOWN, HeldKey{}});
  parts_.cache_misses.fetch_add(sought.size(), std::memory_order_relaxed);
  LETHE_TRY(opening_.resolve(sought));

  auto answer = sought.begin();
  for (const std::uint32_t i : places) {
    if (answer->id != ids_[i]) ++answer;
    keys[i].state = answer->state;
    if (answer->state != LETHE_KEY_AVAILABLE) continue;
    held_[i] = answer->key;
    is_held_[i] = 1;
    keys[i].handle = handle(i);
  }
  return {};
}

const HeldKey* GatewaySession::held(std::uint64_t handle) const {
  const auto at = static_cast<std::uint32_t>(handle);
  if (handle >> 32 != batch_ || at >= held_.size() || is_held_[at] == 0) return nullptr;
  return &held_[at];
}

bool GatewaySession::load(const HeldKey& key) {
  if (loaded_ == key.dek_id) return true;
  crypto::Key dek;
  if (!parts_.seal.open(context_, key.sealed, dek)) return false;
  aead_.set_dek(dek.bytes());
  loaded_ = key.dek_id;
  return true;
}

void GatewaySession::unload() {
  aead_.clear();
  loaded_ = {};
}

void GatewaySession::seal(Strided<lethe_seal_item> items) {
  for (lethe_seal_item& item : items) item.state = seal(item);
  unload();
}

std::int32_t GatewaySession::seal(const lethe_seal_item& item) {
  const HeldKey* key = held(item.handle);
  if (key == nullptr || !crypto::AeadContext::supports(item.suite)) return LETHE_CRYPTO_UNSUPPORTED;
  if (item.suite != key->suite && item.suite != kDeterministicSuite)
    return LETHE_CRYPTO_UNSUPPORTED;
  if (!load(*key)) return LETHE_CRYPTO_AUTH_FAILED;
  return aead_.seal(item.suite, bytes_of(item.aad), bytes_of(item.plaintext), item.out)
             ? LETHE_CRYPTO_OK
             : LETHE_CRYPTO_UNSUPPORTED;
}

void GatewaySession::open(Strided<lethe_open_item> items) {
  for (lethe_open_item& item : items) item.state = open(item);
  unload();
}

std::int32_t GatewaySession::open(const lethe_open_item& item) {
  if (!crypto::AeadContext::supports(item.suite)) return LETHE_CRYPTO_UNSUPPORTED;
  const HeldKey* key = held(item.handle);
  const bool fits =
      key != nullptr && (item.suite == key->suite || item.suite == kDeterministicSuite);
  if (fits && load(*key) &&
      aead_.open(item.suite, bytes_of(item.aad), bytes_of(item.sealed), item.out))
    return LETHE_CRYPTO_OK;
  const Suite* suite = find_suite(item.suite);
  const std::size_t overhead = suite->nonce_size + suite->tag_size;
  if (item.sealed.size > overhead) crypto::wipe(item.out, item.sealed.size - overhead);
  return LETHE_CRYPTO_AUTH_FAILED;
}

void GatewaySession::sha256(lethe_view bytes, std::uint8_t* out) {
  const crypto::Digest digest = crypto::sha256({bytes_of(bytes)});
  std::copy(digest.begin(), digest.end(), out);
}

}  // namespace lethe::kms
