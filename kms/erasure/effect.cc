// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure/effect.h"

#include <algorithm>
#include <utility>

namespace lethe::kms::erasure {

Effect::Effect(Numbers numbers, std::chrono::milliseconds lease, Moment now)
    : numbers_(std::move(numbers)),
      // One per cent for clocks that do not run alike.
      wait_(lease + lease / 100),
      begun_(now) {}

Result<Effect::Numbers> Effect::read(store::KeyStore& store, const RowTexts& texts) {
  Numbers numbers;
  for (const store::BeaconRow& row : LETHE_TRY(store.beacons())) {
    const std::optional<Beacon> beacon = texts.read(row);
    // What nobody signed gives no lease, and acknowledges nothing.
    numbers[row.worker] = beacon && beacon->worker == row.worker ? beacon->number : 0;
  }
  return numbers;
}

Result<Effect> Effect::begin(store::KeyStore& store, const RowTexts& texts,
                             std::chrono::milliseconds lease, Moment now, const Numbers& silent) {
  Numbers numbers = LETHE_TRY(read(store, texts));
  for (const auto& [worker, number] : silent)
    if (const auto found = numbers.find(worker); found != numbers.end() && found->second == number)
      numbers.erase(found);
  return Effect(std::move(numbers), lease, now);
}

Result<std::optional<json::Value>> Effect::check(store::KeyStore& store, const RowTexts& texts,
                                                 Moment now) {
  const Numbers current = LETHE_TRY(read(store, texts));
  silent_.clear();
  for (const auto& [worker, number] : numbers_) {
    const auto found = current.find(worker);
    if (found != current.end() && found->second < number + 2) silent_.insert(*found);
  }
  json::Value evidence;
  if (silent_.empty()) {
    evidence.set("by", "beacons").set("workers", numbers_.size());
    return std::optional(std::move(evidence));
  }
  // Both clocks, as for the lease itself: the later end counts.
  if (std::min(now.boot - begun_.boot, now.real - begun_.real) < wait_)
    return std::optional<json::Value>();
  evidence.set("by", "lease").set("silent", silent_.size()).set("workers", numbers_.size());
  return std::optional(std::move(evidence));
}

}  // namespace lethe::kms::erasure
