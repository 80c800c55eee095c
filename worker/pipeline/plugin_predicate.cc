// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/plugin_predicate.h"

#include <algorithm>
#include <string>

namespace lethe::worker::pipeline {

Result<std::unique_ptr<PluginPredicate>> PluginPredicate::make(const loader::LoadedPlugin& plugin,
                                                               const lethe_options& options,
                                                               StageIdentity identity,
                                                               WorkerServices services) {
  auto instance = LETHE_TRY(
      PluginInstance::make(plugin, LETHE_PREDICATE, options, std::move(identity), services));
  return std::unique_ptr<PluginPredicate>(new PluginPredicate(std::move(instance)));
}

Result<void> PluginPredicate::test(Records records, connectors::Arena& arena,
                                   std::span<std::uint8_t> answers) {
  std::fill(answers.begin(), answers.end(), std::uint8_t{2});
  const lethe_arena memory = arena.abi();
  const lethe_batch batch = {sizeof(lethe_batch), 0,       records.data(),
                             records.stride(),    nullptr, 0,
                             records.size(),      &memory};
  if (!instance_->test(batch, answers)) {
    const CallFailure& failure = instance_->last_failure();
    return Error(failure.kind, std::string(failure.message));
  }
  // An answer that was left out or is no answer must not decide whether a field is sealed.
  for (const std::uint8_t answer : answers)
    if (answer > 1)
      return internal(std::string(instance_->misbehaviour("answered neither yes nor no")));
  return {};
}

}  // namespace lethe::worker::pipeline
