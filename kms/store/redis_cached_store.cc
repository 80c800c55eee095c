// SPDX-License-Identifier: Apache-2.0
#include "kms/store/redis_cached_store.h"

#include <algorithm>

#include "json/json.h"
#include "kms/control_codec.h"

namespace lethe::kms::store {
namespace {

std::vector<DekId> distinct(std::span<const DekId> ids) {
  std::vector<DekId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

// Those of the sorted ids that have no row.
std::vector<DekId> without_row(std::vector<DekId> ids, std::span<const EdekRow> rows) {
  std::vector<DekId> found;
  for (const EdekRow& row : rows) found.push_back(row.dek_id);
  std::sort(found.begin(), found.end());
  std::erase_if(
      ids, [&](const DekId& id) { return std::binary_search(found.begin(), found.end(), id); });
  return ids;
}

// The member "store" of the store row; empty: there is none.
std::string store_id_in(std::span<const ControlRow> rows) {
  for (const ControlRow& row : rows) {
    if (row.key != control::store_key()) continue;
    const auto facts = json::parse(row.value);
    const json::Value* id = facts ? facts->find("store") : nullptr;
    if (id != nullptr && id->string() != nullptr) return *id->string();
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<RedisCachedStore>> RedisCachedStore::make(std::unique_ptr<KeyStore> store,
                                                                 std::string_view url,
                                                                 Options options) {
  redis::Target target = LETHE_TRY(redis::Target::parse(url));
  return std::unique_ptr<RedisCachedStore>(
      new RedisCachedStore(std::move(store), std::move(target), std::move(options)));
}

RedisCachedStore::RedisCachedStore(std::unique_ptr<KeyStore> store, redis::Target target,
                                   Options options)
    : store_(std::move(store)),
      ttl_(options.ttl),
      shelf_(std::move(target), std::move(options.link), options.ttl),
      store_id_(std::move(options.store_id)) {}

std::string RedisCachedStore::store_id() const {
  const std::lock_guard lock(mutex_);
  return store_id_;
}

void RedisCachedStore::learn_store_id(std::span<const ControlRow> rows) {
  const std::lock_guard lock(mutex_);
  if (store_id_.empty()) store_id_ = store_id_in(rows);
}

Result<std::vector<ControlRow>> RedisCachedStore::control() {
  auto rows = LETHE_TRY(store_->control());
  learn_store_id(rows);
  return rows;
}

Result<std::vector<ControlRow>> RedisCachedStore::adopt_control(
    std::span<const ControlRow> proposal) {
  auto rows = LETHE_TRY(store_->adopt_control(proposal));
  learn_store_id(rows);
  return rows;
}

Result<std::vector<ControlRow>> RedisCachedStore::add_control(const ControlRow& row) {
  return store_->add_control(row);
}

Result<std::vector<EdekRow>> RedisCachedStore::look_up(std::span<const SubjectHash> subjects) {
  return store_->look_up(subjects);
}

Result<std::vector<EdekRow>> RedisCachedStore::look_up_by_id(std::span<const DekId> ids) {
  const std::string store_id = this->store_id();
  if (store_id.empty()) return store_->look_up_by_id(ids);
  std::vector<DekId> missing = distinct(ids);
  std::vector<EdekRow> rows = shelf_.find(store_id, missing);
  missing = without_row(std::move(missing), rows);
  if (missing.empty()) return rows;
  std::vector<EdekRow> read = LETHE_TRY(store_->look_up_by_id(missing));
  shelf_.put(store_id, read);
  rows.insert(rows.end(), std::move_iterator(read.begin()), std::move_iterator(read.end()));
  return rows;
}

Result<std::vector<EdekRow>> RedisCachedStore::look_again(std::span<const DekId> ids) {
  std::vector<EdekRow> rows = LETHE_TRY(store_->look_again(ids));
  const std::string store_id = this->store_id();
  if (store_id.empty()) return rows;
  shelf_.put(store_id, rows);
  shelf_.drop(store_id, without_row(distinct(ids), rows));
  return rows;
}

Result<std::vector<Birth>> RedisCachedStore::create_all(std::span<const EdekRow> rows) {
  return store_->create_all(rows);
}

// A worker that read a row just before may put it back: it is dead by its fence, and ends with its
// time.
void RedisCachedStore::drop(std::span<const ErasedRow> erased) {
  const std::string store_id = this->store_id();
  if (store_id.empty()) return;
  std::vector<DekId> ids;
  for (const ErasedRow& row : erased) ids.push_back(row.dek_id);
  shelf_.drop(store_id, ids);
}

Result<Fencing> RedisCachedStore::append_fence(const FenceRow& fence,
                                               std::span<const ErasedRow> erased) {
  const Fencing fencing = LETHE_TRY(store_->append_fence(fence, erased));
  if (fencing == Fencing::kAppended) drop(erased);
  return fencing;
}

Result<void> RedisCachedStore::bury(std::span<const ErasedRow> erased) {
  LETHE_TRY(store_->bury(erased));
  drop(erased);
  return {};
}

Result<std::vector<FenceRow>> RedisCachedStore::fences(const SubjectHash& subject) {
  return store_->fences(subject);
}

Result<void> RedisCachedStore::put_state(const StateRow& state) {
  return store_->put_state(state);
}

Result<std::uint64_t> RedisCachedStore::version() {
  return store_->version();
}

Result<void> RedisCachedStore::watch(std::chrono::milliseconds at_most) {
  return store_->watch(at_most);
}

Result<Marks> RedisCachedStore::marks_since(Position& position) {
  return store_->marks_since(position);
}

Result<void> RedisCachedStore::beat(const BeaconRow& beacon, std::string_view previous) {
  return store_->beat(beacon, previous);
}

Result<std::vector<BeaconRow>> RedisCachedStore::beacons() {
  return store_->beacons();
}

Result<void> RedisCachedStore::drop_beacon(std::string_view worker) {
  return store_->drop_beacon(worker);
}

Result<bool> RedisCachedStore::append_journal(const JournalRow& entry) {
  return store_->append_journal(entry);
}

Result<std::vector<JournalRow>> RedisCachedStore::journal(std::uint64_t after, std::size_t limit) {
  return store_->journal(after, limit);
}

Result<bool> RedisCachedStore::gone(std::span<const DekId> ids) {
  return store_->gone(ids);
}

std::vector<std::string> RedisCachedStore::caveats() {
  std::vector<std::string> caveats = store_->caveats();
  caveats.push_back("wrapped keys may stay in a Redis cache for up to " +
                    std::to_string(ttl_.count()) +
                    " seconds, and in snapshots and replicas of it for longer");
  return caveats;
}

Result<std::vector<EdekRow>> RedisCachedStore::scan(const std::optional<ScanPosition>& after,
                                                    std::size_t limit) {
  return store_->scan(after, limit);
}

}  // namespace lethe::kms::store
