// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/kafka/copier.h"

#include <utility>

namespace lethe::connectors::testing {
namespace {

constexpr std::chrono::seconds kDrainDeadline{30};
constexpr std::chrono::milliseconds kBackOff{100};

}  // namespace

Copier::Copier(std::unique_ptr<Source> source, std::unique_ptr<Sink> sink, Settle settle)
    : source_(std::move(source)), sink_(std::move(sink)), settle_(std::move(settle)) {}

Result<void> Copier::turn(std::stop_token stop) {
  auto done = attempt(std::move(stop));
  if (done || done.error().kind() != ErrorKind::kTransient) return done;
  recover();
  return {};
}

Result<void> Copier::attempt(std::stop_token stop) {
  // Like the worker's loop, it bounds what is in flight: else a slow machine has handed everything
  // over before the first confirmation comes.
  if (written_.size() >= kMostInFlight) return settle();
  Batch batch = LETHE_TRY(source_->read(std::move(stop), *this));
  if (!batch.empty()) {
    written_.emplace_back(batch.checkpoint.sequence, batch.records.size());
    LETHE_TRY(sink_->write(std::move(batch)));
  }
  return settle();
}

Result<void> Copier::settle() {
  const Durable news = LETHE_TRY(sink_->durable());
  for (const Refused& refused : news.refused) {
    if (!settle_) return bad_record(std::string(refused.message));
    LETHE_TRY(sink_->settle_refused(refused, settle_(refused)));
  }
  for (const Checkpoint& checkpoint : news.confirmed) {
    LETHE_TRY(source_->commit(checkpoint));
    confirmed_ += written_.front().second;
    written_.erase(written_.begin());
  }
  return {};
}

void Copier::recover() {
  ++recoveries_;
  sink_->abandon();
  written_.clear();
  while (!source_->rewind()) static_cast<void>(source_->idle(kBackOff, {}, *this));
  static_cast<void>(source_->idle(kBackOff, {}, *this));
}

Result<void> Copier::copy(std::size_t n) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (confirmed_ < n) {
    if (std::chrono::steady_clock::now() > until) {
      return internal("only " + std::to_string(confirmed_) + " records came through in a minute");
    }
    LETHE_TRY(turn());
  }
  return {};
}

Result<void> Copier::finish() {
  LETHE_TRY(sink_->drain(kDrainDeadline));
  LETHE_TRY(settle());
  LETHE_TRY(sink_->close());
  return source_->close();
}

Result<void> Copier::release(std::span<const Position>, bool lost) {
  ++rebalances_;
  if (lost) {
    sink_->abandon();
    written_.clear();
    return {};
  }
  LETHE_TRY(sink_->drain(kDrainDeadline));
  return settle();
}

}  // namespace lethe::connectors::testing
