// SPDX-License-Identifier: Apache-2.0
//
// A host for unit tests of a plugin, without a worker: key service, log, metrics and clock that the
// test reads and sets. Includes the rest of the testing kit. Header-only, standard library only.
//
//   FakeHost fakes;
//   Host host = fakes.view();
//   auto redact = Redact::make(options.view(), host);
//   ...
//   EXPECT_EQ(fakes.metrics.total("redacted"), 1u);
//
// A FakeHost outlives the plugin objects made with it. One thread.

#ifndef LETHE_TESTING_FAKES_H_
#define LETHE_TESTING_FAKES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/abi.h"
#include "lethe/host.h"
#include "lethe/testing/fake_batch.h"
#include "lethe/testing/fake_keys.h"
#include "lethe/testing/options_tree.h"

namespace lethe::testing {

class FakeLog {
 public:
  struct Line {
    std::int32_t level;
    std::string message;
    std::string path;
    std::int64_t number;
  };

  FakeLog() { abi_ = {sizeof(lethe_log_service), 0, this, &FakeLog::write}; }
  FakeLog(const FakeLog&) = delete;
  FakeLog& operator=(const FakeLog&) = delete;

  const lethe_log_service* abi() const noexcept { return &abi_; }
  const std::vector<Line>& lines() const noexcept { return lines_; }

 private:
  static void write(void* self, std::int32_t level, lethe_view message, lethe_view path,
                    std::int64_t number) {
    static_cast<FakeLog*>(self)->lines_.push_back(
        {level, std::string(to_text(message)), std::string(to_text(path)), number});
  }

  std::vector<Line> lines_;
  lethe_log_service abi_;
};

class FakeMetrics {
 public:
  FakeMetrics() {
    abi_ = {sizeof(lethe_metrics_service), 0, this, &FakeMetrics::counter, &FakeMetrics::add};
  }
  FakeMetrics(const FakeMetrics&) = delete;
  FakeMetrics& operator=(const FakeMetrics&) = delete;

  const lethe_metrics_service* abi() const noexcept { return &abi_; }
  // 0 for a counter that was never made.
  std::uint64_t total(std::string_view name, std::string_view path = {}) const noexcept {
    for (const Counter& counter : counters_)
      if (counter.name == name && counter.path == path) return counter.total;
    return 0;
  }

 private:
  struct Counter {
    std::string name;
    std::string path;
    std::uint64_t total;
  };

  static std::uint64_t counter(void* self, lethe_view name, lethe_view path) {
    auto& counters = static_cast<FakeMetrics*>(self)->counters_;
    for (std::size_t i = 0; i < counters.size(); ++i)
      if (counters[i].name == to_text(name) && counters[i].path == to_text(path)) return i + 1;
    counters.push_back({std::string(to_text(name)), std::string(to_text(path)), 0});
    return counters.size();
  }
  static void add(void* self, std::uint64_t counter, std::uint64_t n) {
    static_cast<FakeMetrics*>(self)->counters_.at(static_cast<std::size_t>(counter - 1)).total += n;
  }

  std::vector<Counter> counters_;
  lethe_metrics_service abi_;
};

class FakeClock {
 public:
  FakeClock() { abi_ = {sizeof(lethe_clock_service), 0, this, &FakeClock::now}; }
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;

  const lethe_clock_service* abi() const noexcept { return &abi_; }
  void set(std::int64_t ms_since_1970) noexcept { now_ms_ = ms_since_1970; }

 private:
  static std::int64_t now(void* self) { return static_cast<FakeClock*>(self)->now_ms_; }

  std::int64_t now_ms_ = 1'700'000'000'000;
  lethe_clock_service abi_;
};

class FakeHost {
 public:
  explicit FakeHost(std::string pipeline = "test", std::string dataset = "test")
      : pipeline_(std::move(pipeline)), dataset_(std::move(dataset)) {
    abi_ = {sizeof(lethe_host), LETHE_ABI_MINOR,   this,
            &FakeHost::service, to_view(dataset_), to_view(pipeline_)};
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  FakeKeys keys;
  FakeLog log;
  FakeMetrics metrics;
  FakeClock clock;

  // A host that lacks this service: LETHE_SERVICE_KEYS ...
  void withhold(std::string_view service) { withheld_.emplace_back(service); }

  const lethe_host* abi() const noexcept { return &abi_; }
  Host view() const noexcept { return Host(&abi_); }

 private:
  static const void* service(void* self, lethe_view name) {
    const auto& host = *static_cast<const FakeHost*>(self);
    const std::string_view wanted = to_text(name);
    for (const std::string& withheld : host.withheld_)
      if (wanted == withheld) return nullptr;
    if (wanted == LETHE_SERVICE_KEYS) return host.keys.abi();
    if (wanted == LETHE_SERVICE_LOG) return host.log.abi();
    if (wanted == LETHE_SERVICE_METRICS) return host.metrics.abi();
    if (wanted == LETHE_SERVICE_CLOCK) return host.clock.abi();
    return nullptr;
  }

  std::string pipeline_;
  std::string dataset_;
  std::vector<std::string> withheld_;
  lethe_host abi_;
};

}  // namespace lethe::testing

#endif  // LETHE_TESTING_FAKES_H_
