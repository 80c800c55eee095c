// SPDX-License-Identifier: Apache-2.0
//
// The worker's metrics: counters, gauges and histograms by name and labels, and their exposition in
// Prometheus' text format. Thread-safe. Instruments belong to the registry and live as long as it
// does; asking again for the same name and labels gives the same one. On the way of a record use
// counter_buffer.h instead of a shared counter.

#ifndef LETHE_WORKER_METRICS_REGISTRY_H_
#define LETHE_WORKER_METRICS_REGISTRY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lethe/result.h"
#include "worker/metrics/names.h"

namespace lethe::worker::metrics {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(std::uint64_t n) noexcept = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) noexcept = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

// Upper bounds for durations in seconds: 100 microseconds to 10 seconds.
std::span<const double> seconds_buckets() noexcept;

class Registry {
 public:
  Registry();
  ~Registry();

  // internal: not a name ([a-zA-Z_:][a-zA-Z0-9_:]*, labels without the colon), or the name is in
  // use for another type of instrument. Never null.
  Result<Counter*> counter(const Name& name, const Labels& labels);
  Result<Gauge*> gauge(const Name& name, const Labels& labels);
  Result<Histogram*> histogram(const Name& name, const Labels& labels,
                               std::span<const double> buckets = seconds_buckets());

  // Prometheus' text format, version 0.0.4.
  std::string exposition() const;

 private:
  struct Instruments;
  std::unique_ptr<Instruments> instruments_;
};

}  // namespace lethe::worker::metrics

#endif  // LETHE_WORKER_METRICS_REGISTRY_H_
