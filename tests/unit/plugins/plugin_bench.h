// SPDX-License-Identifier: Apache-2.0
//
// The built encrypt and decrypt plugins as the worker runs them: loaded by the real loader, in real
// stages, on a real gateway KMS over the memory store. Options are written as JSON.

#ifndef LETHE_TESTS_UNIT_PLUGINS_PLUGIN_BENCH_H_
#define LETHE_TESTS_UNIT_PLUGINS_PLUGIN_BENCH_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/testing/owned_record.h"
#include "kms/gateway_kms.h"
#include "plugins/fields/aad.h"
#include "plugins/fields/plaintext.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/worker/log/recording_log.h"
#include "worker/loader/plugin_catalog.h"
#include "worker/pipeline/stage.h"

namespace lethe::plugins {

using connectors::testing::OwnedRecord;

// What became of a record.
struct Fate {
  OwnedRecord out;
  std::optional<ErrorKind> failed;
  std::string message;
  std::string path;
  std::int32_t disposition = LETHE_BY_POLICY;
  bool dropped = false;

  std::string value() const { return out.value.value_or("(null)"); }
  std::optional<std::string> header(std::string_view name) const;
};

// The bench's gateway at the time; its store can be away.
class MoodyKeyRing final : public kms::KeyRing {
 public:
  explicit MoodyKeyRing(const std::unique_ptr<kms::GatewayKms>& kms) : kms_(kms) {}
  std::unique_ptr<kms::KeySession> session() override;
  std::string_view tenant() const override { return kms_->tenant(); }

  bool away = false;

 private:
  const std::unique_ptr<kms::GatewayKms>& kms_;
};

class PluginBench : public ::testing::Test {
 protected:
  PluginBench();

  std::unique_ptr<kms::GatewayKms> gateway(const std::string& tenant);
  Result<std::unique_ptr<worker::pipeline::Stage>> try_stage(const std::string& plugin,
                                                             const std::string& options,
                                                             const std::string& dataset = "people");
  std::vector<Fate> run(worker::pipeline::Stage& stage, const std::vector<OwnedRecord>& records);

  // One stage, made for this call, over some records or one value.
  std::vector<Fate> run(const std::string& plugin, const std::string& options,
                        const std::vector<OwnedRecord>& records);
  Fate run(const std::string& plugin, const std::string& options, const std::string& value);
  Fate encrypt(const std::string& options, const std::string& value) {
    return run("encrypt", options, value);
  }
  Fate decrypt(const std::string& value, const std::string& options = "{}") {
    return run("decrypt", options, value);
  }
  // The value, sealed; a failure of the test if it could not be.
  std::string sealed(const std::string& options, const std::string& value);

  // A text carrier token, in quotes, of any typed plaintext, sealed by hand for `path`.
  std::string seal_by_hand(const std::string& subject, const std::string& path,
                           fields::ValueType type, std::string_view body);

  void shred(const std::string& name);

  class StandingClock final : public worker::pipeline::Clock {
   public:
    Time now() const noexcept override { return {}; }
    std::int64_t unix_ms() const noexcept override { return 0; }
  };

  lethe::testing::TempDir folder_;
  std::unique_ptr<kms::GatewayKms> kms_;
  MoodyKeyRing keys_;
  worker::log::RecordingLog log_;
  worker::metrics::Registry metrics_;
  StandingClock clock_;
};

OwnedRecord record(std::string value, std::optional<std::string> key = "key");

// The declared texts of a plugin's failures.
MATCHER_P3(FailsWith, kind, message, path, "") {
  *result_listener << "value " << arg.value() << ", kind "
                   << (arg.failed ? to_string(*arg.failed) : "none") << ", message " << arg.message
                   << ", path " << arg.path;
  return arg.failed == kind && arg.message.find(message) != std::string::npos && arg.path == path &&
         arg.out.value;
}

}  // namespace lethe::plugins

#endif  // LETHE_TESTS_UNIT_PLUGINS_PLUGIN_BENCH_H_
