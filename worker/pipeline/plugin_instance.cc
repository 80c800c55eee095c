// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/plugin_instance.h"

#include <utility>

#include "connectors/batch.h"

namespace lethe::worker::pipeline {
namespace {

constexpr std::string_view kThrew = "threw an exception across the plugin boundary";
constexpr std::string_view kUnknownCode = "returned a number that is not an error kind";

lethe_failure blank_failure() noexcept {
  return {sizeof(lethe_failure), 0, {}, {}};
}

bool is_error_kind(std::int32_t code) noexcept {
  return code >= LETHE_TRANSIENT && code <= LETHE_INTERNAL;
}

}  // namespace

PluginInstance::PluginInstance(const loader::LoadedPlugin& plugin, StageIdentity identity,
                               WorkerServices services)
    : plugin_(plugin), services_(plugin_, std::move(identity), services) {}

PluginInstance::~PluginInstance() {
  if (self_ == nullptr) return;
  try {
    plugin_.plugin->destroy(self_);
  } catch (...) {
    services_.log().error(misbehaviour(kThrew));
  }
}

std::string_view PluginInstance::misbehaviour(std::string_view what) {
  std::string& sentence = misbehaviours_[what];
  if (sentence.empty())
    sentence = "plugin '" + std::string(name()) + "' of " + plugin_.file + " " + std::string(what) +
               "; replace the file with a version that keeps the plugin ABI";
  return sentence;
}

Result<std::unique_ptr<PluginInstance>> PluginInstance::make(const loader::LoadedPlugin& plugin,
                                                             std::uint32_t kind,
                                                             const lethe_options& options,
                                                             StageIdentity identity,
                                                             WorkerServices services) {
  std::unique_ptr<PluginInstance> made(new PluginInstance(plugin, std::move(identity), services));
  const lethe_plugin& table = *plugin.plugin;
  const bool callable = kind == LETHE_TRANSFORM ? table.apply != nullptr : table.test != nullptr;
  if (table.kind != kind || table.make == nullptr || table.destroy == nullptr || !callable)
    return internal(std::string(made->misbehaviour("offers a table that lacks a function")));
  LETHE_TRY(made->start(options));
  made->services_.end_of_making();
  return made;
}

Result<void> PluginInstance::start(const lethe_options& options) {
  const bool made = guarded([&](lethe_failure& failure) {
    return plugin_.plugin->make(&options, &services_.host(), &self_, &failure);
  });
  if (made && self_ == nullptr) return internal(std::string(misbehaviour("made no object")));
  if (made) return {};
  self_ = nullptr;  // a failed make() leaves nothing to destroy
  std::string message = "making transform '" + services_.identity().transform + "': ";
  if (!last_failure_.path.empty()) message.append(last_failure_.path).append(": ");
  message.append(last_failure_.message);
  return Error(last_failure_.kind, std::move(message));
}

bool PluginInstance::apply(const lethe_batch& batch) noexcept {
  return guarded(
      [&](lethe_failure& failure) { return plugin_.plugin->apply(self_, &batch, &failure); });
}

bool PluginInstance::test(const lethe_batch& batch, std::span<std::uint8_t> answers) noexcept {
  return guarded([&](lethe_failure& failure) {
    return plugin_.plugin->test(self_, &batch, answers.data(), &failure);
  });
}

template <class Call>
bool PluginInstance::guarded(Call call) noexcept {
  services_.forget_key_failure();
  lethe_failure failure = blank_failure();
  try {
    return judge(call(failure), failure);
  } catch (...) {  // the thunks of the SDK let nothing through; other plugins may. what() is data.
    last_failure_ = {ErrorKind::kInternal, misbehaviour(kThrew), {}};
    return false;
  }
}

bool PluginInstance::judge(std::int32_t code, const lethe_failure& failure) {
  if (code == LETHE_OK) return true;
  if (!is_error_kind(code)) {
    last_failure_ = {ErrorKind::kInternal, misbehaviour(kUnknownCode), {}};
    return false;
  }
  last_failure_ = {static_cast<ErrorKind>(code), services_.shown(failure.message),
                   showable_path(failure.path)};
  return false;
}

}  // namespace lethe::worker::pipeline
