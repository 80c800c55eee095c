// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/chain.h"

#include <chrono>
#include <utility>

#include "worker/metrics/names.h"
#include "worker/pipeline/failure_log.h"

namespace lethe::worker::pipeline {

Chain::Chain(Options options, std::vector<std::unique_ptr<Stage>> stages, WorkerServices services)
    : options_(std::move(options)),
      clock_(services.clock),
      log_(services.log, {}, [&clock = services.clock] { return clock.now(); }),
      stages_(std::move(stages)) {}

Result<std::unique_ptr<Chain>> Chain::make(Options options,
                                           std::vector<std::unique_ptr<Stage>> stages,
                                           WorkerServices services) {
  if (stages.size() >= kSourceStage)
    return bad_config("pipeline '" + options.pipeline + "' has too many transforms; split it");
  std::unique_ptr<Chain> made(new Chain(std::move(options), std::move(stages), services));
  for (const auto& stage : made->stages_)
    made->seconds_.push_back(LETHE_TRY(services.metrics.histogram(
        metrics::kBatchSeconds,
        {{"pipeline", made->options_.pipeline}, {"stage", stage->label()}})));
  return made;
}

Result<void> Chain::apply(connectors::Batch& batch) {
  settle_unreadable(batch);
  if (batch.empty()) return {};
  auto start = clock_.now();
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    LETHE_TRY(stages_[i]->apply(batch, static_cast<std::uint16_t>(i)));
    const auto end = clock_.now();
    seconds_[i]->observe(std::chrono::duration<double>(end - start).count());
    start = end;
  }
  return {};
}

Result<void> Chain::confirm() {
  for (const auto& stage : stages_) LETHE_TRY(stage->confirm());
  return {};
}

void Chain::settle_unreadable(connectors::Batch& batch) noexcept {
  for (connectors::Record& record : batch.records) {
    if (!record.failed) continue;
    const auto wish = static_cast<Disposition>(record.disposition);
    const Disposition disposition = resolve(wish, options_.on_error, record.error_kind, false);
    record.stage = kSourceStage;
    record.disposition = static_cast<std::int32_t>(disposition);
    record.failed = disposition != Disposition::kPass;
    log_failure(log_, options_.pipeline, "source", record, disposition);
  }
}

void Chain::flush() noexcept {
  for (const auto& stage : stages_) stage->flush();
  log_.report_repeats();
}

std::vector<StageDescription> Chain::description() const {
  std::vector<StageDescription> described;
  for (const auto& stage : stages_)
    described.push_back({stage->label(), std::string(stage->plugin_name()), stage->protects()});
  return described;
}

std::vector<StageReport> Chain::report() const {
  std::vector<StageReport> reports;
  for (const auto& stage : stages_) reports.push_back({stage->label(), stage->counts()});
  return reports;
}

}  // namespace lethe::worker::pipeline
