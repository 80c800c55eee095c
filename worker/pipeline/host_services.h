// SPDX-License-Identifier: Apache-2.0
//
// The world as one plugin instance sees it: the lethe_host of the ABI with the services keys, log,
// metrics and clock. Keys pass straight through to the instance's own KeySession; words pass the
// gate of declared_messages.h; counters are plain integers until the task flushes them. Made before
// the instance and destroyed after it. Borrows what it serves; one thread, that of the task.

#ifndef LETHE_WORKER_PIPELINE_HOST_SERVICES_H_
#define LETHE_WORKER_PIPELINE_HOST_SERVICES_H_

#include <memory>
#include <string>
#include <string_view>

#include "kms/key_ring.h"
#include "lethe/abi.h"
#include "worker/loader/plugin_catalog.h"
#include "worker/log/log.h"
#include "worker/log/throttling_log.h"
#include "worker/metrics/counter_buffer.h"
#include "worker/metrics/registry.h"
#include "worker/pipeline/clock.h"
#include "worker/pipeline/declared_messages.h"

namespace lethe::worker::pipeline {

// Names from the configuration.
struct StageIdentity {
  std::string pipeline;
  std::string dataset;
  std::string transform;  // the label of the stage
};

// What the worker has to offer. All thread-safe, all outlive the pipeline. keys may be null: a
// pipeline without keys answers NULL for that service.
struct WorkerServices {
  kms::KeyRing* keys;
  log::Log& log;
  metrics::Registry& metrics;
  const Clock& clock;
};

class HostServices {
 public:
  HostServices(const loader::LoadedPlugin& plugin, StageIdentity identity, WorkerServices services);
  HostServices(const HostServices&) = delete;
  HostServices& operator=(const HostServices&) = delete;

  const lethe_host& host() const noexcept { return host_; }
  const StageIdentity& identity() const noexcept { return identity_; }
  log::ThrottlingLog& log() noexcept { return log_; }
  metrics::CounterBuffer& counters() noexcept { return counters_; }

  // Counters are named before the first record is seen, so that no label can be made of data.
  void end_of_making() noexcept { making_ = false; }

  // What a plugin gave as its reason, as far as it may be shown: one of its declared texts, or what
  // the key service answered it during this call.
  std::string_view shown(const lethe_view& message) const noexcept;
  // What was made with keys may leave; without keys, it always may.
  Result<void> confirm() { return session_ == nullptr ? Result<void>() : session_->confirm(); }
  void forget_key_failure() noexcept { key_failure_.clear(); }
  // Empty unless the key service failed since forget_key_failure().
  const std::string& key_failure() const noexcept { return key_failure_; }

 private:
  static const void* service(void* self, lethe_view name) noexcept;
  static std::int32_t for_sealing(void* self, lethe_sealing_key* keys, std::uint64_t stride,
                                  std::uint64_t n, std::int32_t on_erased,
                                  lethe_failure* failure) noexcept;
  static std::int32_t for_opening(void* self, lethe_opening_key* keys, std::uint64_t stride,
                                  std::uint64_t n, lethe_failure* failure) noexcept;
  static std::int32_t seal(void* self, lethe_seal_item* items, std::uint64_t stride,
                           std::uint64_t n) noexcept;
  static std::int32_t open(void* self, lethe_open_item* items, std::uint64_t stride,
                           std::uint64_t n) noexcept;
  static void sha256(void* self, lethe_view bytes, std::uint8_t* out) noexcept;
  static void write_log(void* self, std::int32_t level, lethe_view message, lethe_view path,
                        std::int64_t number) noexcept;
  static std::uint64_t make_counter(void* self, lethe_view name, lethe_view path) noexcept;
  static void add_to_counter(void* self, std::uint64_t counter, std::uint64_t n) noexcept;
  static std::int64_t now_ms(void* self) noexcept;

  const void* keys();
  std::uint64_t watch(std::string_view name, const lethe_view& path);
  std::int32_t answer(Result<void> outcome, lethe_failure* failure) noexcept;

  const StageIdentity identity_;
  const WorkerServices services_;
  const DeclaredMessages messages_;
  log::ThrottlingLog log_;
  metrics::CounterBuffer counters_;
  std::unique_ptr<kms::KeySession> session_;  // made when it is first asked for
  std::string key_failure_;
  bool making_ = true;

  lethe_host host_;
  lethe_key_service key_service_;
  lethe_log_service log_service_;
  lethe_metrics_service metrics_service_;
  lethe_clock_service clock_service_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_HOST_SERVICES_H_
