// SPDX-License-Identifier: Apache-2.0

#include "connectors/testing/fake_source.h"

#include <algorithm>

namespace lethe::connectors::testing {
namespace {

// Keeps the list alive while a batch views it.
struct SharedRecords final : BatchOwner {
  explicit SharedRecords(std::shared_ptr<std::deque<OwnedRecord>> shared)
      : records(std::move(shared)) {}
  std::shared_ptr<std::deque<OwnedRecord>> records;
};

std::optional<Error> take(std::deque<Error>& failures) {
  if (failures.empty()) return std::nullopt;
  Error error = std::move(failures.front());
  failures.pop_front();
  return error;
}

void raise(std::vector<Position>& positions, const OwnedRecord& record, std::int64_t next) {
  const auto same = [&](const Position& p) {
    return p.topic == record.topic && p.partition == record.partition;
  };
  const auto found = std::find_if(positions.begin(), positions.end(), same);
  if (found == positions.end()) {
    positions.push_back({record.topic, record.partition, next});
  } else {
    found->next_offset = std::max(found->next_offset, next);
  }
}

}  // namespace

FakeSource::FakeSource(std::vector<OwnedRecord> records, FakeSourceOptions options)
    : records_(std::make_shared<std::deque<OwnedRecord>>(std::make_move_iterator(records.begin()),
                                                         std::make_move_iterator(records.end()))),
      options_(options) {}

Result<Batch> FakeSource::read(std::stop_token stop, RebalanceListener& listener) {
  std::unique_lock lock(mutex_);
  if (rebalance_.has_value()) {
    const bool lost = *std::exchange(rebalance_, std::nullopt);
    lock.unlock();
    LETHE_TRY(rebalance(lost, listener));
    lock.lock();
  }
  if (auto error = take(read_failures_)) return *std::move(error);
  Batch batch;
  if (stalled_ || stop.stop_requested()) return batch;
  while (next_ < records_->size() && batch.records.size() < options_.batch_records) {
    const OwnedRecord& owned = (*records_)[next_++];
    if (is_committed(owned)) continue;
    Record& record = batch.records.emplace_back();
    record.in = record.out = view_of(owned, batch.arena);
    batch.bytes += record.in.key.size + record.in.value.size;
    raise(batch.checkpoint.positions, owned, owned.offset + 1);
  }
  batch.end = next_ == records_->size() && !options_.endless;
  batch.owner = std::make_unique<SharedRecords>(records_);
  batch.checkpoint.generation = generation_;
  batch.checkpoint.sequence = batch.empty() ? 0 : ++sequence_;
  return batch;
}

Result<void> FakeSource::commit(const Checkpoint& checkpoint) {
  const std::lock_guard lock(mutex_);
  if (auto error = take(commit_failures_)) return *std::move(error);
  if (checkpoint.generation != generation_) return {};
  commits_.push_back(checkpoint);
  for (const Position& position : checkpoint.positions) {
    committed_[{position.topic, position.partition}] = position.next_offset;
  }
  return {};
}

Result<bool> FakeSource::rewind() {
  const std::lock_guard lock(mutex_);
  if (auto error = take(rewind_failures_)) return *std::move(error);
  ++rewinds_;
  if (!options_.seekable) return false;
  start_over();
  return true;
}

Result<void> FakeSource::idle(std::chrono::milliseconds duration, std::stop_token,
                              RebalanceListener&) {
  const std::lock_guard lock(mutex_);
  idled_ += duration;
  return {};
}

Result<void> FakeSource::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return {};
}

Result<void> FakeSource::rebalance(bool lost, RebalanceListener& listener) {
  std::vector<Position> given_up;
  {
    const std::lock_guard lock(mutex_);
    given_up = positions();
  }
  auto released = listener.release(given_up, lost);  // may commit: the lock is not held
  const std::lock_guard lock(mutex_);
  start_over();
  return released;
}

bool FakeSource::is_committed(const OwnedRecord& record) const {
  const auto found = committed_.find({record.topic, record.partition});
  return found != committed_.end() && record.offset < found->second;
}

std::vector<Position> FakeSource::positions() const {
  std::vector<Position> all;
  for (std::size_t i = 0; i < records_->size(); ++i) {
    const OwnedRecord& record = (*records_)[i];
    raise(all, record, i < next_ ? record.offset + 1 : record.offset);
  }
  return all;
}

void FakeSource::start_over() {
  next_ = 0;
  ++generation_;
}

void FakeSource::append(OwnedRecord record) {
  const std::lock_guard lock(mutex_);
  records_->push_back(std::move(record));
}

void FakeSource::stall(bool stalled) {
  const std::lock_guard lock(mutex_);
  stalled_ = stalled;
}

void FakeSource::fail_next_read(Error error) {
  const std::lock_guard lock(mutex_);
  read_failures_.push_back(std::move(error));
}

void FakeSource::fail_next_commit(Error error) {
  const std::lock_guard lock(mutex_);
  commit_failures_.push_back(std::move(error));
}

void FakeSource::fail_next_rewind(Error error) {
  const std::lock_guard lock(mutex_);
  rewind_failures_.push_back(std::move(error));
}

void FakeSource::rebalance_at_next_read(bool lost) {
  const std::lock_guard lock(mutex_);
  rebalance_ = lost;
}

void FakeSource::end() {
  const std::lock_guard lock(mutex_);
  options_.endless = false;
}

std::vector<Checkpoint> FakeSource::commits() const {
  const std::lock_guard lock(mutex_);
  return commits_;
}

std::map<std::pair<std::string, std::int32_t>, std::int64_t> FakeSource::committed() const {
  const std::lock_guard lock(mutex_);
  return committed_;
}

std::size_t FakeSource::rewinds() const {
  const std::lock_guard lock(mutex_);
  return rewinds_;
}

std::chrono::milliseconds FakeSource::idled() const {
  const std::lock_guard lock(mutex_);
  return idled_;
}

bool FakeSource::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace lethe::connectors::testing
