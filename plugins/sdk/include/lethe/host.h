// SPDX-License-Identifier: Apache-2.0
//
// What a plugin may ask of its host: keys, log, metrics, clock. Each service is a handle to a table
// of the ABI, asked for in make() and valid as long as the plugin instance. A plugin performs no
// I/O of its own; what it needs from the world comes from here.

#ifndef LETHE_HOST_H_
#define LETHE_HOST_H_

#include <cstdint>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/options.h"
#include "lethe/record.h"
#include "lethe/result.h"

namespace lethe {

// Use of keys by handles; see lethe_key_service for the contract of each call.
class Keys {
 public:
  Keys() = default;
  explicit Keys(const lethe_key_service* service) noexcept : service_(service) {}

  std::string_view tenant() const noexcept { return to_text(service_->tenant); }
  Result<void> for_sealing(Strided<lethe_sealing_key> keys, std::int32_t on_erased) {
    lethe_failure why{sizeof(lethe_failure), 0, {}, {}};
    return outcome(service_->for_sealing(service_->self, keys.data(), keys.stride(), keys.size(),
                                         on_erased, &why),
                   why);
  }
  Result<void> for_opening(Strided<lethe_opening_key> keys) {
    lethe_failure why{sizeof(lethe_failure), 0, {}, {}};
    return outcome(
        service_->for_opening(service_->self, keys.data(), keys.stride(), keys.size(), &why), why);
  }
  void seal(Strided<lethe_seal_item> items) {
    service_->seal(service_->self, items.data(), items.stride(), items.size());
  }
  void open(Strided<lethe_open_item> items) {
    service_->open(service_->self, items.data(), items.stride(), items.size());
  }
  // 32 bytes to out.
  void sha256(std::string_view bytes, std::uint8_t* out) {
    service_->sha256(service_->self, to_view(bytes), out);
  }

 private:
  static Result<void> outcome(std::int32_t code, const lethe_failure& why) {
    if (code == LETHE_OK) return {};
    return Error(static_cast<ErrorKind>(code), std::string(to_text(why.message)));
  }

  const lethe_key_service* service_ = nullptr;
};

class Log {
 public:
  Log() = default;
  explicit Log(const lethe_log_service* service) noexcept : service_(service) {}

  void warn(const Message& message, std::string_view path = {}, std::int64_t number = -1) {
    write(LETHE_LOG_WARNING, message, path, number);
  }
  void inform(const Message& message, std::string_view path = {}, std::int64_t number = -1) {
    write(LETHE_LOG_INFO, message, path, number);
  }

 private:
  void write(std::int32_t level, const Message& message, std::string_view path,
             std::int64_t number) {
    if (service_ != nullptr)
      service_->write(service_->self, level, to_view(message.text), to_view(path), number);
  }

  const lethe_log_service* service_ = nullptr;
};

// A counter of the worker's metrics. Adding to a default-made one does nothing.
class Counter {
 public:
  Counter() = default;
  Counter(const lethe_metrics_service* service, std::uint64_t id) noexcept
      : service_(service), id_(id) {}
  void add(std::uint64_t n) {
    if (service_ != nullptr && n != 0) service_->add(service_->self, id_, n);
  }

 private:
  const lethe_metrics_service* service_ = nullptr;
  std::uint64_t id_ = 0;
};

class Host {
 public:
  explicit Host(const lethe_host* host) noexcept : host_(host) {}

  std::string_view dataset() const noexcept { return to_text(host_->dataset); }
  std::string_view pipeline() const noexcept { return to_text(host_->pipeline); }

  // bad_config if this host has no key service.
  Result<Keys> keys() {
    const auto* found = service<lethe_key_service>(LETHE_SERVICE_KEYS);
    if (found == nullptr) return bad_config("this host offers no key service");
    return Keys(found);
  }
  Log log() { return Log(service<lethe_log_service>(LETHE_SERVICE_LOG)); }
  // path: becomes the label path="..."; empty: none.
  Counter counter(std::string_view name, std::string_view path = {}) {
    const auto* metrics = service<lethe_metrics_service>(LETHE_SERVICE_METRICS);
    if (metrics == nullptr) return {};
    const lethe_view label = path.empty() ? lethe_view{nullptr, 0} : to_view(path);
    return {metrics, metrics->counter(metrics->self, to_view(name), label)};
  }
  // Milliseconds since 1970; 0 if this host has no clock.
  std::int64_t now_ms() {
    const auto* clock = service<lethe_clock_service>(LETHE_SERVICE_CLOCK);
    return clock == nullptr ? 0 : clock->now_ms(clock->self);
  }

 private:
  template <class T>
  const T* service(std::string_view name) {
    return static_cast<const T*>(host_->service(host_->self, to_view(name)));
  }

  const lethe_host* host_;
};

}  // namespace lethe

#endif  // LETHE_HOST_H_
