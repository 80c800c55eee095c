// SPDX-License-Identifier: Apache-2.0
//
// What a pipeline needs around it, for tests: a clock that stands still unless told, a log that
// keeps its lines, metrics, keys that do nothing, and short forms for making records and stages.

#ifndef LETHE_TESTS_UNIT_WORKER_PIPELINE_WORLD_H_
#define LETHE_TESTS_UNIT_WORKER_PIPELINE_WORLD_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/testing/owned_record.h"
#include "kms/key_ring.h"
#include "tests/unit/worker/log/recording_log.h"
#include "tests/unit/worker/pipeline/scripted_plugin.h"
#include "worker/pipeline/stage.h"

namespace lethe::worker::pipeline {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::chrono::milliseconds per_look = {}) : per_look_(per_look.count()) {}
  Time now() const noexcept override {
    return Time(std::chrono::milliseconds(now_ms_.fetch_add(per_look_)));
  }
  std::int64_t unix_ms() const noexcept override { return 1'700'000'000'000 + now_ms_; }
  void advance(std::chrono::milliseconds by) { now_ms_ += by.count(); }

 private:
  const std::int64_t per_look_;
  mutable std::atomic<std::int64_t> now_ms_{0};
};

// Every key is there, sealing is the identity; fails as a whole on request.
class FakeKeyRing final : public kms::KeyRing {
 public:
  std::unique_ptr<kms::KeySession> session() override { return std::make_unique<Session>(*this); }
  std::string_view tenant() const override { return "acme"; }

  std::optional<Error> failure;
  int sessions = 0;
  int confirmations = 0;
  int refusals = 0;  // the next so many confirmations fail
  kms::ErasedPolicy last_policy = kms::ErasedPolicy::kBlock;

 private:
  class Session final : public kms::KeySession {
   public:
    explicit Session(FakeKeyRing& ring) : ring_(ring) { ++ring_.sessions; }
    Result<void> for_sealing(Strided<lethe_sealing_key> keys, kms::ErasedPolicy policy) override {
      ring_.last_policy = policy;
      if (ring_.failure) return *ring_.failure;
      for (lethe_sealing_key& key : keys) key.handle = key.name.size;
      return {};
    }
    Result<void> for_opening(Strided<lethe_opening_key> keys) override {
      if (ring_.failure) return *ring_.failure;
      for (lethe_opening_key& key : keys) key.handle = key.dek_id[0];
      return {};
    }
    void seal(Strided<lethe_seal_item> items) override {
      for (lethe_seal_item& item : items)
        std::copy_n(item.plaintext.data, item.plaintext.size, item.out);
    }
    void open(Strided<lethe_open_item> items) override {
      for (lethe_open_item& item : items) item.state = LETHE_CRYPTO_AUTH_FAILED;
    }
    Result<void> confirm() override {
      ++ring_.confirmations;
      if (ring_.refusals == 0) return {};
      --ring_.refusals;
      return transient("a key was erased meanwhile");
    }
    void sha256(lethe_view bytes, std::uint8_t* out) override {
      std::fill_n(out, 32, static_cast<std::uint8_t>(bytes.size));
    }

   private:
    FakeKeyRing& ring_;
  };
};

struct World {
  FakeClock clock;
  log::RecordingLog log;
  metrics::Registry metrics;
  FakeKeyRing keys;

  WorkerServices services() { return {&keys, log, metrics, clock}; }
  StageIdentity identity(std::string label) { return {"pipe", "data", std::move(label)}; }

  Result<std::unique_ptr<Stage>> try_stage(ScriptedPlugin& plugin, StageOptions options) {
    if (options.label.empty()) options.label = "scripted";
    auto who = identity(options.label);
    return Stage::make(plugin.transform(), plugin.options(), std::move(who), services(),
                       std::move(options));
  }
  std::unique_ptr<Stage> stage(ScriptedPlugin& plugin, StageOptions options = {}) {
    auto made = try_stage(plugin, std::move(options));
    if (!made) {
      ADD_FAILURE() << made.error().message();
      std::abort();
    }
    return std::move(made).value();
  }
};

// bad_record, shredded, unknown_key and blocked all end like this.
inline OnError always(Disposition disposition) {
  OnError policy;
  for (const ErrorKind kind :
       {ErrorKind::kBadRecord, ErrorKind::kShredded, ErrorKind::kUnknownKey, ErrorKind::kBlocked})
    EXPECT_TRUE(policy.set(kind, disposition));
  return policy;
}

inline connectors::testing::OwnedRecord record(std::string value, std::int64_t offset = 0) {
  return {"customers",      3, offset, 1000 + offset, "key-" + std::to_string(offset),
          std::move(value), {}};
}

// Records customers/3 with offsets 0, 1, ...
inline std::vector<connectors::testing::OwnedRecord> records(
    const std::vector<std::string>& values) {
  std::vector<connectors::testing::OwnedRecord> all;
  for (const std::string& value : values)
    all.push_back(record(value, static_cast<std::int64_t>(all.size())));
  return all;
}

inline connectors::Batch batch(const std::vector<std::string>& values) {
  return connectors::testing::batch_of(records(values), 1);
}

inline std::vector<std::string> values(const std::vector<connectors::testing::OwnedRecord>& all) {
  std::vector<std::string> found;
  for (const auto& one : all) found.push_back(one.value.value_or("(null)"));
  return found;
}

// Values on their way to the sink.
inline std::vector<std::string> live_values(const connectors::Batch& batch) {
  std::vector<std::string> found;
  for (const connectors::Record& one : batch.records)
    if (one.route == connectors::Route::kSink && !one.failed)
      found.emplace_back(connectors::text(one.out.value));
  return found;
}

}  // namespace lethe::worker::pipeline

#endif  // LETHE_TESTS_UNIT_WORKER_PIPELINE_WORLD_H_
