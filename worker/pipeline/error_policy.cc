// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/error_policy.h"

#include <utility>

#include "worker/pipeline/failure_log.h"

namespace lethe::worker::pipeline {

using connectors::Route;

ErrorPolicy::ErrorPolicy(Options options, std::vector<StageDescription> stages,
                         std::unique_ptr<DeadLetters> dead_letters, log::Log& log,
                         const Clock& clock)
    : options_(std::move(options)),
      stages_(std::move(stages)),
      dead_letters_(std::move(dead_letters)),
      log_(log, {}, [&clock] { return clock.now(); }) {}

Result<void> ErrorPolicy::settle(connectors::Batch& batch) {
  for (connectors::Record& record : batch.records)
    if (record.failed) LETHE_TRY(settle(record, batch.arena));
  return {};
}

Result<void> ErrorPolicy::settle(connectors::Record& record, connectors::Arena& arena) {
  switch (static_cast<Disposition>(record.disposition)) {
    case Disposition::kDeadLetter:
      return bury(record, arena);
    case Disposition::kDiscard:
      record.route = Route::kNone;
      return {};
    // A record that passes is no longer marked as failed; one that still is goes nowhere.
    case Disposition::kPass:
    case Disposition::kByPolicy:
    case Disposition::kStop:
      break;
  }
  // Told to stop, the task stops, even if the failure calls itself transient.
  const bool retryable = record.error_kind == ErrorKind::kTransient;
  return Error(retryable ? ErrorKind::kBadRecord : record.error_kind,
               describe_failure(place(record), record) +
                   "; correct the record or the pipeline, or set on_error");
}

Result<void> ErrorPolicy::bury(connectors::Record& record, connectors::Arena& arena) {
  if (dead_letters_ == nullptr)
    return bad_config("pipeline '" + options_.pipeline +
                      "' has no dead_letter place for a record that failed (" +
                      describe_failure(place(record), record) + "); configure one");
  auto buried = dead_letters_->bury(record, arena);
  if (buried) return {};
  return std::move(buried).error().with_context("dead-lettering a record of pipeline '" +
                                                options_.pipeline + "'");
}

Result<Route> ErrorPolicy::settle_refused(const connectors::Refused& refused) {
  if (refused.record == nullptr || refused.arena == nullptr)
    return internal("the sink refused a record without saying which; please report this as a bug");
  connectors::Record& record = *refused.record;
  const bool was_dead_letter = record.route == Route::kDeadLetter;
  record.failed = true;
  record.stage = static_cast<std::uint16_t>(stages_.size());
  record.error_kind = refused.kind;
  record.error_message = refused.message;
  record.error_path = {};
  if (was_dead_letter)
    return Error(refused.kind, describe_failure("dead letter", record) +
                                   "; nothing may be lost: correct the dead-letter place");
  if (refused.kind == ErrorKind::kTransient) return transient(describe_failure("sink", record));

  const Disposition disposition = options_.on_error.of(refused.kind);
  record.disposition = static_cast<std::int32_t>(disposition);
  log_failure(log_, options_.pipeline, "sink", record, disposition);
  LETHE_TRY(settle(record, *refused.arena));
  return record.route;
}

std::string_view ErrorPolicy::place(const connectors::Record& record) const noexcept {
  if (record.stage == kSourceStage) return "source";
  return record.stage < stages_.size() ? std::string_view(stages_[record.stage].label) : "sink";
}

}  // namespace lethe::worker::pipeline
