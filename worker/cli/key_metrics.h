// SPDX-License-Identifier: Apache-2.0
//
// The gateway KMS's counts as metrics: it counts since start by itself, so that kms/ knows no
// metrics. One thread.

#ifndef LETHE_WORKER_CLI_KEY_METRICS_H_
#define LETHE_WORKER_CLI_KEY_METRICS_H_

#include <chrono>

#include "kms/key_custody.h"
#include "worker/metrics/registry.h"

namespace lethe::worker::cli {

class KeyMetrics {
 public:
  Result<void> watch(metrics::Registry& registry) {
    const metrics::Name cache{"lethe_key_cache_total", "Look-ups of data keys in the worker."};
    hits_ = LETHE_TRY(registry.counter(cache, {{"result", "hit"}}));
    misses_ = LETHE_TRY(registry.counter(cache, {{"result", "miss"}}));
    created_ = LETHE_TRY(
        registry.counter({"lethe_keys_created_total", "Data keys born in this worker."}, {}));
    cached_ = LETHE_TRY(
        registry.gauge({"lethe_keys_cached", "Data keys in the worker's memory, sealed."}, {}));
    lease_age_ = LETHE_TRY(registry.gauge(
        {"lethe_lease_age_seconds",
         "Since this worker was last known to be up to date with its key store; beyond the lease, "
         "no key is used."},
        {}));
    return {};
  }

  // After watch().
  void update(const kms::KeyCounts& counts) noexcept {
    hits_->add(counts.cache_hits - last_.cache_hits);
    misses_->add(counts.cache_misses - last_.cache_misses);
    created_->add(counts.keys_created - last_.keys_created);
    cached_->set(static_cast<double>(counts.cached));
    lease_age_->set(std::chrono::duration<double>(counts.lease_age).count());
    last_ = counts;
  }

 private:
  kms::KeyCounts last_;
  metrics::Counter* hits_ = nullptr;
  metrics::Counter* misses_ = nullptr;
  metrics::Counter* created_ = nullptr;
  metrics::Gauge* cached_ = nullptr;
  metrics::Gauge* lease_age_ = nullptr;
};

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_KEY_METRICS_H_
