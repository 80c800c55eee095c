// SPDX-License-Identifier: Apache-2.0
//
// The transforms of a pipeline in their order, applied to one batch after the other. Records that
// the source could not take apart come in as failed and are given their disposition here. Measures
// the time of each stage. One thread.

#ifndef LETHE_WORKER_PIPELINE_CHAIN_H_
#define LETHE_WORKER_PIPELINE_CHAIN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "connectors/batch.h"
#include "worker/pipeline/stage.h"

namespace lethe::worker::pipeline {

// Record::stage of a record that failed before the first transform. One that the sink refused has
// the number of transforms.
inline constexpr std::uint16_t kSourceStage = 0xffff;

// What others need to know of a stage after it has failed a record.
struct StageDescription {
  std::string label;
  std::string plugin;
  bool protects = false;
};

struct StageReport {
  std::string label;
  OutcomeCounts counts{};
};

class Chain {
 public:
  struct Options {
    std::string pipeline;
    OnError on_error;  // for records the source could not take apart
  };

  static Result<std::unique_ptr<Chain>> make(Options options,
                                             std::vector<std::unique_ptr<Stage>> stages,
                                             WorkerServices services);

  // A failure stays on its record. transient: the batch is to be applied again, from its originals.
  Result<void> apply(connectors::Batch& batch);

  // Right before a batch leaves: no key was erased under it, and the lease holds. transient: the
  // batch is to be applied again, from its originals.
  Result<void> confirm();

  // Adds what was counted to the shared metrics and reports the log's repeats.
  void flush() noexcept;

  std::vector<StageDescription> description() const;
  std::vector<StageReport> report() const;  // as of the last flush

 private:
  Chain(Options options, std::vector<std::unique_ptr<Stage>> stages, WorkerServices services);
  void settle_unreadable(connectors::Batch& batch) noexcept;

  const Options options_;
  const Clock& clock_;
  log::ThrottlingLog log_;
  std::vector<std::unique_ptr<Stage>> stages_;
  std::vector<metrics::Histogram*> seconds_;  // one per stage
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_CHAIN_H_
