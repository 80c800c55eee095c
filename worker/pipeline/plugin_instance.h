// SPDX-License-Identifier: Apache-2.0
//
// One object of a plugin, on our side of the C boundary: made, called and destroyed here. Nothing a
// plugin does comes back as an exception or as text that its module did not declare; what breaks
// the rules of the ABI becomes an `internal` error that names the plugin's file and the remedy. One
// thread.

#ifndef LETHE_WORKER_PIPELINE_PLUGIN_INSTANCE_H_
#define LETHE_WORKER_PIPELINE_PLUGIN_INSTANCE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/result.h"
#include "worker/loader/plugin_catalog.h"
#include "worker/pipeline/host_services.h"

namespace lethe::worker::pipeline {

// Why a whole call failed. The message lives as long as the instance or until its next call.
struct CallFailure {
  ErrorKind kind = ErrorKind::kInternal;
  std::string_view message;
  std::string_view path;  // of the plugin's memory: use it before the next call
};

class PluginInstance {
 public:
  // kind: LETHE_TRANSFORM or LETHE_PREDICATE. Fails as the plugin's make() did, or `internal` if
  // the table lacks a function.
  static Result<std::unique_ptr<PluginInstance>> make(const loader::LoadedPlugin& plugin,
                                                      std::uint32_t kind,
                                                      const lethe_options& options,
                                                      StageIdentity identity,
                                                      WorkerServices services);
  ~PluginInstance();
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  // False: the call failed as a whole, and last_failure() says why.
  bool apply(const lethe_batch& batch) noexcept;
  bool test(const lethe_batch& batch, std::span<std::uint8_t> answers) noexcept;
  const CallFailure& last_failure() const noexcept { return last_failure_; }

  // A sentence about a broken rule ("gave a verdict with an unknown action"), with the plugin's
  // name, its file and the remedy. Lives as long as the instance; made once per rule.
  std::string_view misbehaviour(std::string_view what);

  std::string_view name() const noexcept { return plugin_.name(); }
  HostServices& services() noexcept { return services_; }

 private:
  PluginInstance(const loader::LoadedPlugin& plugin, StageIdentity identity,
                 WorkerServices services);
  Result<void> start(const lethe_options& options);
  bool judge(std::int32_t code, const lethe_failure& failure);
  template <class Call>
  bool guarded(Call call) noexcept;

  const loader::LoadedPlugin plugin_;
  HostServices services_;
  void* self_ = nullptr;
  CallFailure last_failure_{};
  std::map<std::string_view, std::string> misbehaviours_;  // keys are literals
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_PLUGIN_INSTANCE_H_
