// SPDX-License-Identifier: Apache-2.0

#include "worker/metrics/registry.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <exception>
#include <mutex>
#include <sstream>
#include <type_traits>
#include <unordered_map>

namespace lethe::worker::metrics {
namespace {

constexpr std::array<double, 13> kSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                             0.025,  0.05,    0.1,    0.5,   2.5,    10};

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void add(std::uint64_t n) noexcept override { counter_.Increment(static_cast<double>(n)); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void set(double value) noexcept override { gauge_.Set(value); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

// ASCII only, whatever the locale.
bool is_name(std::string_view name, bool colon) noexcept {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!word && c != '_' && !(colon && c == ':')) return false;
  }
  return true;
}

Result<void> check_names(const Name& name, const Labels& labels) {
  if (!is_name(name.name, true))
    return internal("a metric was asked for under a name that is none; use letters, digits and _");
  for (const auto& [label, value] : labels)
    if (!is_name(label, false))
      return internal("metric " + std::string(name.name) +
                      " was asked for with a label that is none");
  return {};
}

}  // namespace

std::span<const double> seconds_buckets() noexcept {
  return kSeconds;
}

struct Registry::Instruments {
  // The wrapper of an instrument of the library, made once.
  template <class Wrapper, class Instrument>
  static Wrapper* wrap(std::unordered_map<Instrument*, std::unique_ptr<Wrapper>>& made,
                       Instrument& instrument) {
    auto& wrapper = made[&instrument];
    if (wrapper == nullptr) wrapper = std::make_unique<Wrapper>(instrument);
    return wrapper.get();
  }

  // The library throws if a name is in use for another type.
  template <class Make>
  auto guarded(const Name& name, const Labels& labels, Make make)
      -> Result<std::invoke_result_t<Make>> {
    LETHE_TRY(check_names(name, labels));
    const std::lock_guard lock(mutex);
    try {
      return make();
    } catch (const std::exception&) {
      return internal("metric " + std::string(name.name) +
                      " is already in use as another type of metric; choose another name");
    }
  }

  std::mutex mutex;
  prometheus::Registry registry;
  std::unordered_map<prometheus::Counter*, std::unique_ptr<PrometheusCounter>> counters;
  std::unordered_map<prometheus::Gauge*, std::unique_ptr<PrometheusGauge>> gauges;
  std::unordered_map<prometheus::Histogram*, std::unique_ptr<PrometheusHistogram>> histograms;
};

Registry::Registry() : instruments_(std::make_unique<Instruments>()) {}
Registry::~Registry() = default;

Result<Counter*> Registry::counter(const Name& name, const Labels& labels) {
  return instruments_->guarded(name, labels, [&]() -> Counter* {
    auto& family = prometheus::BuildCounter()
                       .Name(std::string(name.name))
                       .Help(std::string(name.help))
                       .Register(instruments_->registry);
    return Instruments::wrap(instruments_->counters, family.Add(labels));
  });
}

Result<Gauge*> Registry::gauge(const Name& name, const Labels& labels) {
  return instruments_->guarded(name, labels, [&]() -> Gauge* {
    auto& family = prometheus::BuildGauge()
                       .Name(std::string(name.name))
                       .Help(std::string(name.help))
                       .Register(instruments_->registry);
    return Instruments::wrap(instruments_->gauges, family.Add(labels));
  });
}

Result<Histogram*> Registry::histogram(const Name& name, const Labels& labels,
                                       std::span<const double> buckets) {
  return instruments_->guarded(name, labels, [&]() -> Histogram* {
    auto& family = prometheus::BuildHistogram()
                       .Name(std::string(name.name))
                       .Help(std::string(name.help))
                       .Register(instruments_->registry);
    prometheus::Histogram::BucketBoundaries bounds(buckets.begin(), buckets.end());
    return Instruments::wrap(instruments_->histograms, family.Add(labels, std::move(bounds)));
  });
}

std::string Registry::exposition() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, instruments_->registry.Collect());
  return std::move(out).str();
}

}  // namespace lethe::worker::metrics
