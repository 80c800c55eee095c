// SPDX-License-Identifier: Apache-2.0
//
// A store and a root on which tests start workers: gateways that share them, as processes would.
// The clock is the bench's.

#ifndef LETHE_TESTS_UNIT_KMS_GATEWAY_GATEWAY_TEST_BENCH_H_
#define LETHE_TESTS_UNIT_KMS_GATEWAY_GATEWAY_TEST_BENCH_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/memory_key_store.h"
#include "tests/support/kms/fake_key_store.h"
#include "tests/support/kms/sessions.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms {

class GatewayTestBench : public ::testing::Test {
 protected:
  GatewayTestBench() { controls_->store = std::make_shared<store::MemoryKeyStore>(); }

  std::unique_ptr<root::RootKey> root(const std::string& name = "root.key") {
    return std::move(
               root::LocalFileRoot::make("file-kms://" + folder_.path(name), {.create = true}))
        .value();
  }

  GatewayKms::Options options() {
    GatewayKms::Options options;
    options.tenant = "acme";
    options.create = true;
    options.max_cached_keys = 10'000;
    options.clock = [this] { return now_; };
    options.alarm = [this](std::string_view text) { alarms_.emplace_back(text); };
    return options;
  }

  Result<std::unique_ptr<GatewayKms>> try_worker(const GatewayKms::Options& options) {
    return GatewayKms::make(std::make_unique<store::FakeKeyStore>(controls_), root(), options);
  }
  std::unique_ptr<GatewayKms> worker(const GatewayKms::Options& options) {
    auto made = try_worker(options);
    if (!made) ADD_FAILURE() << made.error().message();
    return made ? std::move(made).value() : nullptr;
  }
  std::unique_ptr<GatewayKms> worker() { return worker(options()); }

  lethe::testing::TempDir folder_;
  std::shared_ptr<store::FakeStoreControls> controls_ =
      std::make_shared<store::FakeStoreControls>();
  std::chrono::system_clock::time_point now_{std::chrono::hours(400'000)};
  std::vector<std::string> alarms_;
};

}  // namespace lethe::kms

#endif  // LETHE_TESTS_UNIT_KMS_GATEWAY_GATEWAY_TEST_BENCH_H_
