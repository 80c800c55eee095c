// SPDX-License-Identifier: Apache-2.0
//
// A plugin inside the test program: real ABI tables whose functions a test writes as lambdas. Its
// declared messages are kBad, kAway and kHello. The script outlives every instance made of it.

#ifndef LETHE_TESTS_UNIT_WORKER_PIPELINE_SCRIPTED_PLUGIN_H_
#define LETHE_TESTS_UNIT_WORKER_PIPELINE_SCRIPTED_PLUGIN_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "connectors/batch.h"
#include "lethe/abi.h"
#include "worker/loader/plugin_catalog.h"

namespace lethe::worker::pipeline {

inline constexpr std::string_view kBad = "the value is not what it should be; correct it";
inline constexpr std::string_view kAway = "the keys are out of reach; wait";
inline constexpr std::string_view kHello = "hello";

class ScriptedPlugin {
 public:
  using Apply = std::function<std::int32_t(const lethe_batch&, lethe_failure&)>;

  explicit ScriptedPlugin(Apply apply = {}) : on_apply(std::move(apply)) {}

  // What it does; what is not set does nothing and succeeds.
  std::function<std::int32_t(const lethe_host&, lethe_failure&)> on_make;
  Apply on_apply;
  std::function<std::int32_t(const lethe_batch&, std::uint8_t*, lethe_failure&)> on_test;
  std::function<void()> on_destroy;
  bool makes_nothing = false;

  loader::LoadedPlugin transform() const { return {&kTransform, &kModule, "/plugins/scripted.so"}; }
  loader::LoadedPlugin predicate() const { return {&kPredicate, &kModule, "/plugins/scripted.so"}; }
  // The tree of options is opaque to the pipeline: here it is the script itself.
  lethe_options options() {
    return {sizeof(lethe_options), 0, reinterpret_cast<const lethe_node*>(this), nullptr};
  }

 private:
  static ScriptedPlugin& script(void* self) { return *static_cast<ScriptedPlugin*>(self); }

  static std::int32_t make(const lethe_options* options, const lethe_host* host, void** self,
                           lethe_failure* failure) {
    auto* script =
        const_cast<ScriptedPlugin*>(reinterpret_cast<const ScriptedPlugin*>(options->root));
    if (!script->makes_nothing) *self = script;
    return script->on_make ? script->on_make(*host, *failure) : LETHE_OK;
  }
  static void destroy(void* self) {
    if (script(self).on_destroy) script(self).on_destroy();
  }
  static std::int32_t apply(void* self, const lethe_batch* batch, lethe_failure* failure) {
    return script(self).on_apply ? script(self).on_apply(*batch, *failure) : LETHE_OK;
  }
  static std::int32_t test(void* self, const lethe_batch* batch, std::uint8_t* answers,
                           lethe_failure* failure) {
    return script(self).on_test(*batch, answers, *failure);
  }

  static constexpr lethe_view view_of(std::string_view text) { return {text.data(), text.size()}; }
  static constexpr lethe_plugin table(std::uint32_t kind) {
    lethe_plugin plugin{};
    plugin.struct_size = sizeof(lethe_plugin);
    plugin.kind = kind;
    plugin.name = view_of("scripted");
    plugin.make = &make;
    plugin.destroy = &destroy;
    plugin.apply = kind == LETHE_TRANSFORM ? &apply : nullptr;
    plugin.test = kind == LETHE_PREDICATE ? &test : nullptr;
    return plugin;
  }

  static const lethe_plugin kTransform;
  static const lethe_plugin kPredicate;
  static const lethe_view kMessages[3];
  static const lethe_module kModule;
};

inline const lethe_plugin ScriptedPlugin::kTransform = ScriptedPlugin::table(LETHE_TRANSFORM);
inline const lethe_plugin ScriptedPlugin::kPredicate = ScriptedPlugin::table(LETHE_PREDICATE);
inline const lethe_view ScriptedPlugin::kMessages[3] = {view_of(kBad), view_of(kAway),
                                                        view_of(kHello)};
inline const lethe_module ScriptedPlugin::kModule = {
    sizeof(lethe_module), 0, 0, 0, view_of("scripted"), view_of("1"), nullptr, 0, 0, kMessages, 3};

// ---- for the lambdas --------------------------------------------------------------------------

inline const lethe_record& record_at(const lethe_batch& batch, std::uint64_t i) {
  return *reinterpret_cast<const lethe_record*>(reinterpret_cast<const char*>(batch.records) +
                                                i * batch.record_stride);
}
inline lethe_verdict& verdict_at(const lethe_batch& batch, std::uint64_t i) {
  return *reinterpret_cast<lethe_verdict*>(reinterpret_cast<char*>(batch.verdicts) +
                                           i * batch.verdict_stride);
}
inline std::string_view value_at(const lethe_batch& batch, std::uint64_t i) {
  return connectors::text(record_at(batch, i).value);
}
inline lethe_view in_arena(const lethe_batch& batch, std::string_view text) {
  auto* room = static_cast<char*>(batch.arena->allocate(batch.arena->self, text.size(), 1));
  std::copy(text.begin(), text.end(), room);
  return {room, text.size()};
}
inline void replace_value(const lethe_batch& batch, std::uint64_t i, std::string_view value) {
  lethe_verdict& verdict = verdict_at(batch, i);
  verdict.action = LETHE_REPLACED;
  verdict.replaced = LETHE_REPLACED_VALUE;
  verdict.value = in_arena(batch, value);
}
inline void fail_verdict(const lethe_batch& batch, std::uint64_t i, std::int32_t kind,
                         std::string_view message = kBad,
                         std::int32_t disposition = LETHE_BY_POLICY) {
  lethe_verdict& verdict = verdict_at(batch, i);
  verdict.action = LETHE_FAILED;
  verdict.error_kind = kind;
  verdict.disposition = disposition;
  verdict.message = {message.data(), message.size()};
}

// Calls one for each record of the batch, and succeeds.
template <class One>
ScriptedPlugin::Apply for_each_record(One one) {
  return [one](const lethe_batch& batch, lethe_failure&) {
    for (std::uint64_t i = 0; i < batch.n; ++i) one(batch, i);
    return std::int32_t{LETHE_OK};
  };
}

}  // namespace lethe::worker::pipeline

#endif  // LETHE_TESTS_UNIT_WORKER_PIPELINE_SCRIPTED_PLUGIN_H_
