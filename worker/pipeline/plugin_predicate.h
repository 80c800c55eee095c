// SPDX-License-Identifier: Apache-2.0
//
// A predicate that a plugin answers. One thread, as its instance.

#ifndef LETHE_WORKER_PIPELINE_PLUGIN_PREDICATE_H_
#define LETHE_WORKER_PIPELINE_PLUGIN_PREDICATE_H_

#include <memory>
#include <utility>

#include "worker/pipeline/plugin_instance.h"
#include "worker/pipeline/predicate.h"

namespace lethe::worker::pipeline {

class PluginPredicate final : public Predicate {
 public:
  static Result<std::unique_ptr<PluginPredicate>> make(const loader::LoadedPlugin& plugin,
                                                       const lethe_options& options,
                                                       StageIdentity identity,
                                                       WorkerServices services);

  Result<void> test(Records records, connectors::Arena& arena,
                    std::span<std::uint8_t> answers) override;

 private:
  explicit PluginPredicate(std::unique_ptr<PluginInstance> instance)
      : instance_(std::move(instance)) {}

  std::unique_ptr<PluginInstance> instance_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_PLUGIN_PREDICATE_H_
