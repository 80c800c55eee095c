// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/host_services.h"

#include <array>
#include <span>
#include <utility>

#include "connectors/batch.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::text;
using connectors::view;

// A counter that could not be made: adding to it does nothing. Handles are numbers from 1.
constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
constexpr std::string_view kKeyServiceThrew =
    "the key service failed inside the worker; please report this as a bug";
constexpr std::string_view kMisused =
    "the plugin asked for keys with structures or a policy that this worker does not know; update "
    "the plugin";

HostServices& instance(void* self) noexcept {
  return *static_cast<HostServices*>(self);
}

log::Level level_of(std::int32_t level) noexcept {
  if (level <= LETHE_LOG_DEBUG) return log::Level::kDebug;
  if (level >= LETHE_LOG_ERROR) return log::Level::kError;
  return static_cast<log::Level>(level);
}

template <class T>
Result<Strided<T>> array(T* items, std::uint64_t stride, std::uint64_t n) {
  if (n != 0 && (items == nullptr || stride < sizeof(T))) return internal(std::string(kMisused));
  return Strided<T>(items, stride, n);
}

}  // namespace

HostServices::HostServices(const loader::LoadedPlugin& plugin, StageIdentity identity,
                           WorkerServices services)
    : identity_(std::move(identity)),
      services_(services),
      messages_(*plugin.module),
      log_(services.log, {}, [&clock = services.clock] { return clock.now(); }),
      host_{sizeof(lethe_host), LETHE_ABI_MINOR,         this,
            &service,           view(identity_.dataset), view(identity_.pipeline)},
      key_service_{sizeof(lethe_key_service),
                   0,
                   this,
                   {},
                   &for_sealing,
                   &for_opening,
                   &seal,
                   &open,
                   &sha256},
      log_service_{sizeof(lethe_log_service), 0, this, &write_log},
      metrics_service_{sizeof(lethe_metrics_service), 0, this, &make_counter, &add_to_counter},
      clock_service_{sizeof(lethe_clock_service), 0, this, &now_ms} {
  if (services_.keys != nullptr) key_service_.tenant = view(services_.keys->tenant());
}

std::string_view HostServices::shown(const lethe_view& message) const noexcept {
  if (!key_failure_.empty() && text(message) == key_failure_) return key_failure_;
  return messages_.find(message);
}

const void* HostServices::service(void* self, lethe_view name) noexcept {
  HostServices& me = instance(self);
  const std::string_view wanted = text(name);
  try {
    if (wanted == LETHE_SERVICE_KEYS) return me.keys();
  } catch (...) {  // no memory for a session: the plugin reports that it lacks the service
    return nullptr;
  }
  if (wanted == LETHE_SERVICE_LOG) return &me.log_service_;
  if (wanted == LETHE_SERVICE_METRICS) return &me.metrics_service_;
  if (wanted == LETHE_SERVICE_CLOCK) return &me.clock_service_;
  return nullptr;
}

const void* HostServices::keys() {
  if (services_.keys == nullptr) return nullptr;
  if (session_ == nullptr) session_ = services_.keys->session();
  return &key_service_;
}

std::int32_t HostServices::answer(Result<void> outcome, lethe_failure* failure) noexcept {
  if (outcome) return LETHE_OK;
  key_failure_ = outcome.error().message();
  if (failure != nullptr && failure->struct_size >= sizeof(lethe_failure))
    failure->message = view(key_failure_);
  return static_cast<std::int32_t>(outcome.error().kind());
}

std::int32_t HostServices::for_sealing(void* self, lethe_sealing_key* keys, std::uint64_t stride,
                                       std::uint64_t n, std::int32_t on_erased,
                                       lethe_failure* failure) noexcept {
  HostServices& me = instance(self);
  try {
    const auto find = [&]() -> Result<void> {
      if (on_erased < LETHE_ERASED_BLOCK || on_erased > LETHE_ERASED_DROP)
        return internal(std::string(kMisused));
      return me.session_->for_sealing(LETHE_TRY(array(keys, stride, n)),
                                      static_cast<kms::ErasedPolicy>(on_erased));
    };
    return me.answer(find(), failure);
  } catch (...) {
    return me.answer(internal(std::string(kKeyServiceThrew)), failure);
  }
}

std::int32_t HostServices::for_opening(void* self, lethe_opening_key* keys, std::uint64_t stride,
                                       std::uint64_t n, lethe_failure* failure) noexcept {
  HostServices& me = instance(self);
  try {
    const auto find = [&]() -> Result<void> {
      return me.session_->for_opening(LETHE_TRY(array(keys, stride, n)));
    };
    return me.answer(find(), failure);
  } catch (...) {
    return me.answer(internal(std::string(kKeyServiceThrew)), failure);
  }
}

std::int32_t HostServices::seal(void* self, lethe_seal_item* items, std::uint64_t stride,
                                std::uint64_t n) noexcept {
  if (n != 0 && (items == nullptr || stride < sizeof(lethe_seal_item))) return LETHE_INTERNAL;
  try {
    instance(self).session_->seal(Strided<lethe_seal_item>(items, stride, n));
    return LETHE_OK;
  } catch (...) {
    return instance(self).answer(internal(std::string(kKeyServiceThrew)), nullptr);
  }
}

std::int32_t HostServices::open(void* self, lethe_open_item* items, std::uint64_t stride,
                                std::uint64_t n) noexcept {
  if (n != 0 && (items == nullptr || stride < sizeof(lethe_open_item))) return LETHE_INTERNAL;
  try {
    instance(self).session_->open(Strided<lethe_open_item>(items, stride, n));
    return LETHE_OK;
  } catch (...) {
    return instance(self).answer(internal(std::string(kKeyServiceThrew)), nullptr);
  }
}

// Has no way to report a failure: a hash that throws is a bug, and noexcept ends it here.
void HostServices::sha256(void* self, lethe_view bytes, std::uint8_t* out) noexcept {
  instance(self).session_->sha256(bytes, out);
}

void HostServices::write_log(void* self, std::int32_t level, lethe_view message, lethe_view path,
                             std::int64_t number) noexcept {
  HostServices& me = instance(self);
  std::array<log::Field, 4> fields = {log::Field("pipeline", me.identity_.pipeline),
                                      log::Field("transform", me.identity_.transform),
                                      log::Field("path", showable_path(path)),
                                      log::Field("number", number)};
  // The last two are optional; what is not given is left out.
  std::size_t n = path.data != nullptr && path.size != 0 ? 3 : 2;
  if (number != -1) fields[n++] = fields[3];
  me.log_.write(level_of(level), me.messages_.find(message), std::span(fields.data(), n));
}

std::uint64_t HostServices::make_counter(void* self, lethe_view name, lethe_view path) noexcept {
  HostServices& me = instance(self);
  if (!me.making_) return kNowhere;
  try {
    return me.watch(text(name), path);
  } catch (...) {  // no memory: a metric is not worth an instance
    return kNowhere;
  }
}

std::uint64_t HostServices::watch(std::string_view name, const lethe_view& path) {
  metrics::Labels labels = {{"pipeline", identity_.pipeline}, {"transform", identity_.transform}};
  if (path.data != nullptr) labels.emplace("path", std::string(showable_path(path)));
  auto counter = services_.metrics.counter({name, metrics::help_of_plugin_counter(name)}, labels);
  if (!counter) {
    log_.warning("a plugin asked for a metric that cannot be made",
                 {{"transform", identity_.transform}, {"reason", counter.error().message()}});
    return kNowhere;
  }
  return counters_.watch(**counter) + 1;
}

void HostServices::add_to_counter(void* self, std::uint64_t counter, std::uint64_t n) noexcept {
  metrics::CounterBuffer& counters = instance(self).counters_;
  if (counter - 1 < counters.size()) counters.add(static_cast<std::size_t>(counter - 1), n);
}

std::int64_t HostServices::now_ms(void* self) noexcept {
  return instance(self).services_.clock.unix_ms();
}

}  // namespace lethe::worker::pipeline
