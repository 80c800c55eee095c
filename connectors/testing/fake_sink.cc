// SPDX-License-Identifier: Apache-2.0

#include "connectors/testing/fake_sink.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace lethe::connectors::testing {
namespace {

std::optional<Error> take(std::deque<Error>& failures) {
  if (failures.empty()) return std::nullopt;
  Error error = std::move(failures.front());
  failures.pop_front();
  return error;
}

}  // namespace

Result<void> FakeSink::write(Batch batch) {
  const std::lock_guard lock(mutex_);
  if (closed_) return internal("a batch was written to a sink that was closed");
  in_flight_.push_back({std::move(batch)});
  if (auto error = take(write_failures_)) {
    in_flight_.back().failed = true;
    return *std::move(error);
  }
  return {};
}

Result<Durable> FakeSink::durable() {
  const std::lock_guard lock(mutex_);
  if (auto error = take(durable_failures_)) return *std::move(error);
  if (!corked_) serve();
  return std::exchange(news_, {});
}

Result<void> FakeSink::settle_refused(const Refused& refused, Route route) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(), [&](const InFlight& f) {
    return f.batch.checkpoint.sequence == refused.sequence;
  });
  if (found == in_flight_.end() || found->refused == 0) {
    return internal("a record was settled that is not waiting for it");
  }
  --found->refused;
  found->batch.records[refused.index].route = route;
  put(*found, refused.index);
  if (!corked_) confirm_finished();
  return {};
}

Result<void> FakeSink::drain(std::chrono::milliseconds) {
  const std::lock_guard lock(mutex_);
  if (auto error = take(drain_failures_)) return *std::move(error);
  if (corked_ && !in_flight_.empty()) return transient("draining the fake sink: it is corked");
  serve();
  return {};
}

std::vector<Batch> FakeSink::abandon() {
  const std::lock_guard lock(mutex_);
  std::vector<Batch> handed_back;
  for (InFlight& flight : in_flight_) handed_back.push_back(std::move(flight.batch));
  in_flight_.clear();
  news_ = {};
  ++abandons_;
  return handed_back;
}

std::size_t FakeSink::in_flight_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (const InFlight& flight : in_flight_) bytes += flight.batch.bytes;
  return bytes;
}

Result<void> FakeSink::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return {};
}

void FakeSink::serve() {
  for (InFlight& flight : in_flight_) {
    if (flight.failed) break;
    while (flight.served < flight.batch.records.size()) put(flight, flight.served++);
  }
  confirm_finished();
}

void FakeSink::put(InFlight& flight, std::size_t index) {
  Record& record = flight.batch.records[index];
  if (record.route == Route::kNone) return;
  OwnedRecord owned = own(record.out);
  if (refusal_ && refusal_(owned, record.route)) {
    ++flight.refused;
    news_.refused.push_back({flight.batch.checkpoint.sequence, index, refusal_kind_,
                             "refused by the fake sink", &record, &flight.batch.arena});
    return;
  }
  (record.route == Route::kDeadLetter ? dead_letters_ : written_).push_back(std::move(owned));
}

void FakeSink::confirm_finished() {
  while (!in_flight_.empty()) {
    InFlight& first = in_flight_.front();
    if (first.failed || first.served < first.batch.records.size() || first.refused > 0) return;
    news_.confirmed.push_back(std::move(first.batch.checkpoint));
    in_flight_.pop_front();
  }
}

void FakeSink::cork(bool corked) {
  const std::lock_guard lock(mutex_);
  corked_ = corked;
}

void FakeSink::fail_next_write(Error error) {
  const std::lock_guard lock(mutex_);
  write_failures_.push_back(std::move(error));
}

void FakeSink::fail_next_durable(Error error) {
  const std::lock_guard lock(mutex_);
  durable_failures_.push_back(std::move(error));
}

void FakeSink::fail_next_drain(Error error) {
  const std::lock_guard lock(mutex_);
  drain_failures_.push_back(std::move(error));
}

void FakeSink::refuse_if(Refusal refusal, ErrorKind kind) {
  const std::lock_guard lock(mutex_);
  refusal_ = std::move(refusal);
  refusal_kind_ = kind;
}

std::vector<OwnedRecord> FakeSink::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

std::vector<OwnedRecord> FakeSink::dead_letters() const {
  const std::lock_guard lock(mutex_);
  return dead_letters_;
}

std::size_t FakeSink::abandons() const {
  const std::lock_guard lock(mutex_);
  return abandons_;
}

bool FakeSink::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace lethe::connectors::testing
