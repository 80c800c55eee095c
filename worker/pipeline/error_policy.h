// SPDX-License-Identifier: Apache-2.0
//
// Carries out what was decided about failed records before a batch is written: dead-letters them,
// drops them or stops the task. Fails closed: a record that should have been sealed, or buried, and
// could not be is not written. One thread.

#ifndef LETHE_WORKER_PIPELINE_ERROR_POLICY_H_
#define LETHE_WORKER_PIPELINE_ERROR_POLICY_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sink.h"
#include "worker/log/throttling_log.h"
#include "worker/pipeline/chain.h"
#include "worker/pipeline/dead_letter.h"

namespace lethe::worker::pipeline {

class ErrorPolicy {
 public:
  struct Options {
    std::string pipeline;
    OnError on_error;  // for records that the sink refuses
  };

  // dead_letters: null if the pipeline has no place for them; a record that would go there stops
  // the task (bad_config).
  ErrorPolicy(Options options, std::vector<StageDescription> stages,
              std::unique_ptr<DeadLetters> dead_letters, log::Log& log, const Clock& clock);

  // After it every record of the batch is routed. The error of the first record that stops the
  // task; transient if a dead letter could not be sealed for now.
  Result<void> settle(connectors::Batch& batch);

  // A record the sink refused singly: turns it into a dead letter (kDeadLetter) or gives it up
  // (kNone).
  Result<connectors::Route> settle_refused(const connectors::Refused& refused);

 private:
  Result<void> settle(connectors::Record& record, connectors::Arena& arena);
  Result<void> bury(connectors::Record& record, connectors::Arena& arena);
  std::string_view place(const connectors::Record& record) const noexcept;

  const Options options_;
  const std::vector<StageDescription> stages_;
  const std::unique_ptr<DeadLetters> dead_letters_;
  log::ThrottlingLog log_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_ERROR_POLICY_H_
