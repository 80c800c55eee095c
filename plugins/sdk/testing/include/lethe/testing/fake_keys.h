// SPDX-License-Identifier: Apache-2.0
//
// A key service for tests of plugins that seal and open. It has the lengths, states and failures of
// the real one and none of its secrecy: "sealing" is an XOR with a checksum behind it, and its
// sha256() is some digest of 32 bytes. Keys are born on the first for_sealing of a name; block(),
// shred() and go_away() bring about what a plugin must cope with. Handles of an earlier call are
// refused, as the contract demands. One thread.

#ifndef LETHE_TESTING_FAKE_KEYS_H_
#define LETHE_TESTING_FAKE_KEYS_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/abi.h"
#include "lethe/host.h"
#include "lethe/strided.h"
#include "lethe/suites.h"

namespace lethe::testing {

class FakeKeys {
 public:
  FakeKeys() {
    abi_ = {sizeof(lethe_key_service),
            0,
            this,
            to_view("default"),
            &FakeKeys::for_sealing,
            &FakeKeys::for_opening,
            &FakeKeys::seal,
            &FakeKeys::open,
            &FakeKeys::digest};
  }
  FakeKeys(const FakeKeys&) = delete;
  FakeKeys& operator=(const FakeKeys&) = delete;

  const lethe_key_service* abi() const noexcept { return &abi_; }

  // What becomes of this name's keys: they open no more.
  void shred(std::string_view name) { mark(name, LETHE_KEY_SHREDDED); }
  void block(std::string_view name) { mark(name, LETHE_KEY_BLOCKED); }
  // From now on look-ups fail as when the store is away; LETHE_OK brings it back.
  void go_away(std::int32_t kind = LETHE_TRANSIENT) noexcept { away_ = kind; }
  std::size_t born() const noexcept { return keys_.size(); }

 private:
  struct Key {
    std::string name;
    std::int32_t state = LETHE_KEY_AVAILABLE;
  };
  static constexpr std::uint64_t kFnvStart = 0xcbf29ce484222325u;
  static constexpr std::uint64_t kIdMark = 0x6b65642d656b6166u;  // "fake-dek"

  static FakeKeys& of(void* self) noexcept { return *static_cast<FakeKeys*>(self); }

  std::int32_t away(lethe_failure* failure) const noexcept {
    if (away_ != LETHE_OK) failure->message = to_view("the fake key store is away");
    return away_;
  }
  // The latest key of that name; keys_.size() when there is none.
  std::size_t latest(std::string_view name) const noexcept {
    std::size_t found = keys_.size();
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (keys_[i].name == name) found = i;
    return found;
  }
  void mark(std::string_view name, std::int32_t state) {
    if (latest(name) == keys_.size()) keys_.push_back({std::string(name), state});
    for (Key& key : keys_)
      if (key.name == name) key.state = state;
  }
  std::uint64_t handle(std::size_t index) const noexcept { return (call_ << 32) | (index + 1); }
  const Key* held(std::uint64_t handle) const noexcept {
    const std::uint64_t index = handle & 0xffffffffu;
    const bool known = (handle >> 32) == call_ && index >= 1 && index <= keys_.size();
    return known ? &keys_[static_cast<std::size_t>(index - 1)] : nullptr;
  }

  static std::int32_t for_sealing(void* self, lethe_sealing_key* keys, std::uint64_t stride,
                                  std::uint64_t n, std::int32_t on_erased, lethe_failure* why) {
    FakeKeys& ring = of(self);
    if (ring.away_ != LETHE_OK) return ring.away(why);
    ++ring.call_;
    for (lethe_sealing_key& key : Strided<lethe_sealing_key>(keys, stride, n))
      ring.answer(key, on_erased);
    return LETHE_OK;
  }
  void answer(lethe_sealing_key& key, std::int32_t on_erased) {
    const std::string_view name = to_text(key.name);
    key.state = LETHE_KEY_INVALID;
    if (name.empty() || name.size() > 1024) return;
    std::size_t index = latest(name);
    const bool erased = index < keys_.size() && keys_[index].state == LETHE_KEY_SHREDDED;
    key.state = on_erased == LETHE_ERASED_DROP ? LETHE_KEY_DROPPED : LETHE_KEY_SHREDDED;
    if (erased && on_erased != LETHE_ERASED_RECREATE) return;
    if (erased || index == keys_.size()) {
      index = keys_.size();
      keys_.push_back({std::string(name), LETHE_KEY_AVAILABLE});
    }
    key.state = keys_[index].state;
    key.handle = handle(index);
    std::memcpy(key.dek_id, &kIdMark, 8);
    const std::uint64_t number = index;
    std::memcpy(key.dek_id + 8, &number, 8);
  }

  static std::int32_t for_opening(void* self, lethe_opening_key* keys, std::uint64_t stride,
                                  std::uint64_t n, lethe_failure* why) {
    FakeKeys& ring = of(self);
    if (ring.away_ != LETHE_OK) return ring.away(why);
    ++ring.call_;
    for (lethe_opening_key& key : Strided<lethe_opening_key>(keys, stride, n)) {
      std::uint64_t id[2];
      std::memcpy(id, key.dek_id, 16);
      const bool known = id[0] == kIdMark && id[1] < ring.keys_.size();
      key.state = known ? ring.keys_[static_cast<std::size_t>(id[1])].state : LETHE_KEY_UNKNOWN;
      key.handle = known ? ring.handle(static_cast<std::size_t>(id[1])) : 0;
    }
    return LETHE_OK;
  }

  static std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) noexcept {
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
    return hash;
  }
  static char mask(const Key& key, std::size_t i) noexcept {
    return static_cast<char>(fnv(kFnvStart + i % 64, key.name) | 1u);
  }
  static void tag(const Key& key, std::uint32_t suite, const lethe_view& aad,
                  std::string_view plaintext, std::uint8_t* out) noexcept {
    const std::uint64_t first = fnv(fnv(fnv(kFnvStart + suite, key.name), to_text(aad)), plaintext);
    const std::uint64_t second = fnv(first ^ aad.size, plaintext);
    std::memcpy(out, &first, 8);
    std::memcpy(out + 8, &second, 8);
  }

  static std::int32_t seal(void* self, lethe_seal_item* items, std::uint64_t stride,
                           std::uint64_t n) {
    for (lethe_seal_item& item : Strided<lethe_seal_item>(items, stride, n)) {
      const Suite* suite = find_suite(item.suite);
      const Key* key = of(self).held(item.handle);
      item.state = LETHE_CRYPTO_UNSUPPORTED;
      if (suite == nullptr || key == nullptr || key->state != LETHE_KEY_AVAILABLE) continue;
      const std::string_view plaintext = to_text(item.plaintext);
      std::memset(item.out, 'n', suite->nonce_size);
      std::uint8_t* out = item.out + suite->nonce_size;
      for (std::size_t i = 0; i < plaintext.size(); ++i)
        out[i] = static_cast<std::uint8_t>(plaintext[i] ^ mask(*key, i));
      tag(*key, item.suite, item.aad, plaintext, out + plaintext.size());
      item.state = LETHE_CRYPTO_OK;
    }
    return LETHE_OK;
  }
  static std::int32_t open(void* self, lethe_open_item* items, std::uint64_t stride,
                           std::uint64_t n) {
    for (lethe_open_item& item : Strided<lethe_open_item>(items, stride, n))
      open_one(of(self), item);
    return LETHE_OK;
  }
  static void open_one(const FakeKeys& ring, lethe_open_item& item) {
    const Suite* suite = find_suite(item.suite);
    const Key* key = ring.held(item.handle);
    const std::string_view sealed = to_text(item.sealed);
    item.state = LETHE_CRYPTO_UNSUPPORTED;
    if (suite == nullptr || key == nullptr || key->state != LETHE_KEY_AVAILABLE) return;
    item.state = LETHE_CRYPTO_AUTH_FAILED;
    if (sealed.size() < suite->nonce_size + suite->tag_size) return;
    const std::size_t size = sealed.size() - suite->nonce_size - suite->tag_size;
    for (std::size_t i = 0; i < size; ++i)
      item.out[i] = static_cast<std::uint8_t>(sealed[suite->nonce_size + i] ^ mask(*key, i));
    std::uint8_t expected[16];
    tag(*key, item.suite, item.aad, {reinterpret_cast<const char*>(item.out), size}, expected);
    if (std::memcmp(expected, sealed.data() + suite->nonce_size + size, 16) == 0)
      item.state = LETHE_CRYPTO_OK;
    else
      std::memset(item.out, 0, size);
  }
  static void digest(void*, lethe_view bytes, std::uint8_t* out) {
    for (std::uint64_t i = 0; i < 4; ++i) {
      const std::uint64_t part = fnv(kFnvStart + i, to_text(bytes));
      std::memcpy(out + 8 * i, &part, 8);
    }
  }

  std::vector<Key> keys_;
  std::uint64_t call_ = 0;
  std::int32_t away_ = LETHE_OK;
  lethe_key_service abi_;
};

}  // namespace lethe::testing

#endif  // LETHE_TESTING_FAKE_KEYS_H_
