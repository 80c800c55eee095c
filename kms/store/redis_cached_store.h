// SPDX-License-Identifier: Apache-2.0
//
// A key store with a cache of its EDEK rows in Redis, which workers share (custody protocol,
// section 4). Look-ups by DEK id ask the cache first; all else, fences above all, is the store's.
// The cache decides nothing: rows in it come from the store, a key in them is as wrapped as there,
// and whoever uses one judges it by the fences it knows. Without the cache, or with a broken, slow
// or lying one, look-ups take longer, no more. What a store forgets by bury() and append_fence() is
// dropped, as well as may be; what is left is gone when `ttl` is over. Thread-safe; owns the store.

#ifndef LETHE_KMS_STORE_REDIS_CACHED_STORE_H_
#define LETHE_KMS_STORE_REDIS_CACHED_STORE_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kms/store/key_store.h"
#include "kms/store/redis_shelf.h"

namespace lethe::kms::store {

class RedisCachedStore final : public KeyStore {
 public:
  struct Options {
    std::chrono::seconds ttl = std::chrono::minutes(10);
    std::string store_id{};  // empty: read from the control rows; nothing is cached until then
    redis::Link::Options link{};
  };
  // bad_config: `url` is no address. Whether a server is there is not asked.
  static Result<std::unique_ptr<RedisCachedStore>> make(std::unique_ptr<KeyStore> store,
                                                        std::string_view url, Options options);

  std::string_view name() const override { return store_->name(); }
  bool shared() const override { return store_->shared(); }
  Result<std::vector<ControlRow>> control() override;
  Result<std::vector<ControlRow>> adopt_control(std::span<const ControlRow> proposal) override;
  Result<std::vector<ControlRow>> add_control(const ControlRow& row) override;
  // Never from the cache: which rows a subject has, births and erasures must know exactly.
  Result<std::vector<EdekRow>> look_up(std::span<const SubjectHash> subjects) override;
  Result<std::vector<EdekRow>> look_up_by_id(std::span<const DekId> ids) override;
  Result<std::vector<EdekRow>> look_again(std::span<const DekId> ids) override;
  Result<std::vector<Birth>> create_all(std::span<const EdekRow> rows) override;
  Result<Fencing> append_fence(const FenceRow& fence, std::span<const ErasedRow> erased) override;
  Result<void> bury(std::span<const ErasedRow> erased) override;
  Result<std::vector<FenceRow>> fences(const SubjectHash& subject) override;
  Result<void> put_state(const StateRow& state) override;
  Result<std::uint64_t> version() override;
  Result<void> watch(std::chrono::milliseconds at_most) override;
  Result<Marks> marks_since(Position& position) override;
  Result<void> beat(const BeaconRow& beacon, std::string_view previous) override;
  Result<std::vector<BeaconRow>> beacons() override;
  Result<void> drop_beacon(std::string_view worker) override;
  Result<bool> append_journal(const JournalRow& entry) override;
  Result<std::vector<JournalRow>> journal(std::uint64_t after, std::size_t limit) override;
  // Of the store alone; caveats() tell of the cache.
  Result<bool> gone(std::span<const DekId> ids) override;
  std::vector<std::string> caveats() override;
  Result<std::vector<EdekRow>> scan(const std::optional<ScanPosition>& after,
                                    std::size_t limit) override;

 private:
  RedisCachedStore(std::unique_ptr<KeyStore> store, redis::Target target, Options options);
  std::string store_id() const;
  void learn_store_id(std::span<const ControlRow> rows);
  void drop(std::span<const ErasedRow> erased);

  const std::unique_ptr<KeyStore> store_;
  const std::chrono::seconds ttl_;
  redis::Shelf shelf_;
  mutable std::mutex mutex_;
  std::string store_id_;  // under mutex_
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_REDIS_CACHED_STORE_H_
