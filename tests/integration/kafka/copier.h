// SPDX-License-Identifier: Apache-2.0
//
// The pipeline's loop in its shortest form, for tests of source and sink together: reads, writes,
// commits what is confirmed, and after a transient failure abandons, rewinds and goes on.

#ifndef LETHE_TESTS_INTEGRATION_KAFKA_COPIER_H_
#define LETHE_TESTS_INTEGRATION_KAFKA_COPIER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "connectors/sink.h"
#include "connectors/source.h"

namespace lethe::connectors::testing {

class Copier final : public RebalanceListener {
 public:
  // What becomes of refused records.
  using Settle = std::function<Route(const Refused&)>;

  Copier(std::unique_ptr<Source> source, std::unique_ptr<Sink> sink, Settle settle = {});

  // One turn of the loop. A transient failure is recovered from and counted; others are returned.
  Result<void> turn(std::stop_token stop = {});
  // Turns until n records in all were confirmed and committed, or a minute has passed.
  Result<void> copy(std::size_t n);
  Result<void> finish();  // drains, commits, closes

  std::size_t confirmed() const noexcept { return confirmed_; }
  std::size_t recoveries() const noexcept { return recoveries_; }
  std::size_t rebalances() const noexcept { return rebalances_; }

  Result<void> release(std::span<const Position> partitions, bool lost) override;

  Source& source() { return *source_; }
  Sink& sink() { return *sink_; }

 private:
  static constexpr std::size_t kMostInFlight = 20;  // batches

  Result<void> attempt(std::stop_token stop);
  Result<void> settle();
  void recover();

  std::unique_ptr<Source> source_;
  std::unique_ptr<Sink> sink_;
  Settle settle_;
  std::vector<std::pair<std::uint64_t, std::size_t>> written_;  // sequence, records
  std::size_t confirmed_ = 0;
  std::size_t recoveries_ = 0;
  std::size_t rebalances_ = 0;
};

}  // namespace lethe::connectors::testing

#endif  // LETHE_TESTS_INTEGRATION_KAFKA_COPIER_H_
