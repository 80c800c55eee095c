// SPDX-License-Identifier: Apache-2.0
//
// One transform of a chain: a plugin instance, the records it is for, and what becomes of a record
// it fails. Applies itself to the records of a batch that are still on their way to the sink; the
// others do not reach the plugin. A failure stays on its record (kind, message, disposition);
// `pass` is settled here, since only here is it known which stages still follow. One thread.

#ifndef LETHE_WORKER_PIPELINE_STAGE_H_
#define LETHE_WORKER_PIPELINE_STAGE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/batch.h"
#include "worker/pipeline/on_error.h"
#include "worker/pipeline/plugin_instance.h"
#include "worker/pipeline/predicate.h"

namespace lethe::worker::pipeline {

struct Condition {
  std::unique_ptr<Predicate> predicate;
  bool unless = false;  // holds where the predicate does not
};

struct StageOptions {
  std::string label;      // unique in its pipeline
  bool protects = false;  // a transform that seals: nothing it failed goes past it
  OnError on_error;
  std::string topic_pattern;  // empty: all; else the topic or the dataset matches as a whole
  std::vector<Condition> conditions;  // all of them must hold
};

// What became of records at a stage; a replayed record counts again. Values of the label `outcome`.
enum class Outcome : std::uint8_t {
  kKept,
  kReplaced,
  kDropped,     // deliberately, by the transform
  kSkipped,     // a condition did not hold
  kPassed,      // failed, and went on as it came
  kDeadLetter,  // failed, by disposition
  kDiscarded,
  kStopped,
};
inline constexpr std::size_t kOutcomes = 8;
std::string_view to_string(Outcome outcome) noexcept;
using OutcomeCounts = std::array<std::uint64_t, kOutcomes>;

class Stage {
 public:
  // Errors of the plugin's make(); bad_config for a policy that would let a record past a stage
  // that protects.
  static Result<std::unique_ptr<Stage>> make(const loader::LoadedPlugin& plugin,
                                             const lethe_options& options, StageIdentity identity,
                                             WorkerServices services, StageOptions stage);

  // index: of this stage in its chain, noted on records it fails. transient: what the plugin needs
  // is away; the batch is to be applied again, from its originals.
  Result<void> apply(connectors::Batch& batch, std::uint16_t index);

  // Whether what it made of the batch may leave (kms::KeySession::confirm). transient: the batch is
  // to be applied again.
  Result<void> confirm() { return instance_->services().confirm(); }

  // Adds what was counted to the shared metrics and reports the log's repeats.
  void flush() noexcept;

  const std::string& label() const noexcept { return options_.label; }
  std::string_view plugin_name() const noexcept { return instance_->name(); }
  bool protects() const noexcept { return options_.protects; }
  const OutcomeCounts& counts() const noexcept { return counts_; }

 private:
  // A failure as it is put on a record.
  struct Failure {
    ErrorKind kind;
    Disposition wish;
    std::string_view message;
    std::string_view path;
  };

  Stage(std::unique_ptr<PluginInstance> instance, StageOptions options);
  Result<void> watch_outcomes(const StageIdentity& identity, metrics::Registry& registry);

  void select_live(connectors::Batch& batch);
  Result<bool> narrow(
      connectors::Batch& batch);  // false: a condition failed, nothing is left to do
  Records gather(connectors::Batch& batch);
  Result<void> call(connectors::Batch& batch);
  Result<void> take(const lethe_verdict& verdict, connectors::Record& record,
                    connectors::Arena& arena);
  Result<void> fail(connectors::Record& record, const Failure& failure, connectors::Arena& arena);
  Result<void> fail_all(connectors::Batch& batch, const Failure& failure);
  void count(Outcome outcome, std::uint64_t n = 1) noexcept {
    pending_[static_cast<std::size_t>(outcome)] += n;
  }

  std::unique_ptr<PluginInstance> instance_;
  StageOptions options_;
  std::uint16_t index_ = 0;
  // Reused for each batch, so that none of them allocates once they have grown.
  std::vector<std::uint32_t> live_;
  std::vector<lethe_record> scratch_;
  std::vector<lethe_verdict> verdicts_;
  std::vector<std::uint8_t> answers_;
  OutcomeCounts pending_{};
  OutcomeCounts counts_{};
  std::array<metrics::Counter*, kOutcomes> shared_{};
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_STAGE_H_
