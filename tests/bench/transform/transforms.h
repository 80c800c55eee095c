// SPDX-License-Identifier: Apache-2.0
//
// The two ways through Lethe's own code: the worker's chain over the real library, with verdicts,
// counters and clock; and the same plugin code linked into this program, called with nothing around
// it but the key ring.

#ifndef LETHE_TESTS_BENCH_TRANSFORM_TRANSFORMS_H_
#define LETHE_TESTS_BENCH_TRANSFORM_TRANSFORMS_H_

#include <memory>
#include <string>
#include <vector>

#include "connectors/batch.h"
#include "kms/key_ring.h"
#include "lethe/host.h"
#include "lethe/testing/options_tree.h"
#include "tests/bench/transform/contender.h"
#include "worker/loader/plugin_catalog.h"
#include "worker/metrics/registry.h"
#include "worker/pipeline/chain.h"
#include "worker/pipeline/clock.h"

namespace lethe::bench {

// `fields` under the person's key, everything else as it is by default (A256GCM, aad: field).
testing::OptionsTree plugin_options(Direction direction);

// As a source that reuses its batch.
class BatchContender : public Contender {
 public:
  void prepare(const Records& records) override;
  std::string_view value(std::size_t i) const override {
    return connectors::text(batch_.records[i].out.value);
  }

 protected:
  connectors::Batch batch_;
};

class ChainContender final : public BatchContender {
 public:
  // lethe-encrypt.so or lethe-decrypt.so of this build, loaded as the worker does.
  ChainContender(Direction direction, kms::KeyRing& ring);
  void run() override;
  // As the task does every so often.
  void flush() { chain_->flush(); }

 private:
  testing::OptionsTree options_;
  std::vector<worker::loader::LoadedPlugin> library_;
  worker::metrics::Registry metrics_;
  worker::pipeline::SystemClock clock_;
  std::unique_ptr<worker::pipeline::Chain> chain_;
};

// A key service without a host around it.
class DirectKeys {
 public:
  explicit DirectKeys(kms::KeyRing& ring);
  DirectKeys(const DirectKeys&) = delete;
  DirectKeys& operator=(const DirectKeys&) = delete;
  const lethe_key_service* service() const noexcept { return &service_; }
  Keys keys() const noexcept { return Keys(&service_); }
  Result<void> confirm() { return session_->confirm(); }

 private:
  std::unique_ptr<kms::KeySession> session_;
  lethe_key_service service_;
};

class StaticContender final : public BatchContender {
 public:
  StaticContender(Direction direction, kms::KeyRing& ring);
  ~StaticContender() override;
  void run() override;

 private:
  testing::OptionsTree options_;
  DirectKeys keys_;
  lethe_host host_;
  const lethe_plugin* plugin_;
  void* self_ = nullptr;
  std::vector<lethe_verdict> verdicts_;
};

}  // namespace lethe::bench

#endif  // LETHE_TESTS_BENCH_TRANSFORM_TRANSFORMS_H_
