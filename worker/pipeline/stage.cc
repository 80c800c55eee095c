// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/stage.h"

#include <utility>

#include "worker/metrics/names.h"
#include "worker/pipeline/failure_log.h"
#include "worker/pipeline/verdict.h"

namespace lethe::worker::pipeline {
namespace {

constexpr std::array<std::string_view, kOutcomes> kOutcomeNames = {
    "kept", "replaced", "dropped", "skipped", "passed", "dead_letter", "discarded", "stopped"};

constexpr lethe_verdict kBlankVerdict = {
    sizeof(lethe_verdict), LETHE_KEEP, 0, 0, 0, 0, {}, {}, {}, {}, {}, nullptr, 0};

bool is_live(const connectors::Record& record) noexcept {
  return record.route == connectors::Route::kSink && !record.failed;
}

Outcome outcome_of(Disposition disposition) noexcept {
  switch (disposition) {
    case Disposition::kPass:
      return Outcome::kPassed;
    case Disposition::kDeadLetter:
      return Outcome::kDeadLetter;
    case Disposition::kDiscard:
      return Outcome::kDiscarded;
    case Disposition::kByPolicy:
    case Disposition::kStop:
      return Outcome::kStopped;
  }
  return Outcome::kStopped;
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

Stage::Stage(std::unique_ptr<PluginInstance> instance, StageOptions options)
    : instance_(std::move(instance)), options_(std::move(options)) {}

Result<std::unique_ptr<Stage>> Stage::make(const loader::LoadedPlugin& plugin,
                                           const lethe_options& options, StageIdentity identity,
                                           WorkerServices services, StageOptions stage) {
  if (stage.protects && stage.on_error.passes_any())
    return bad_config(
        "transform '" + stage.label +
        "': on_error may not be pass, since what could not be sealed would be written "
        "in clear; use stop, dead_letter or drop");
  if (!stage.topic_pattern.empty())
    stage.conditions.push_back({
      LETHE_TRY(TopicPredicate::make(stage.topic_pattern, identity.dataset))
      , false
    });
  auto instance =
      LETHE_TRY(PluginInstance::make(plugin, LETHE_TRANSFORM, options, identity, services));
  std::unique_ptr<Stage> made(new Stage(std::move(instance), std::move(stage)));
  LETHE_TRY(made->watch_outcomes(identity, services.metrics));
  return made;
}

Result<void> Stage::watch_outcomes(const StageIdentity& identity, metrics::Registry& registry) {
  for (std::size_t i = 0; i < kOutcomes; ++i)
    shared_[i] = LETHE_TRY(
        registry.counter(metrics::kRecords, {{"pipeline", identity.pipeline},
                                             {"transform", identity.transform},
                                             {"outcome", std::string(kOutcomeNames[i])}}));
  return {};
}

void Stage::flush() noexcept {
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    if (pending_[i] == 0) continue;
    shared_[i]->add(pending_[i]);
    counts_[i] += pending_[i];
    pending_[i] = 0;
  }
  instance_->services().counters().flush();
  instance_->services().log().report_repeats();
}

Result<void> Stage::apply(connectors::Batch& batch, std::uint16_t index) {
  index_ = index;
  select_live(batch);
  if (!options_.conditions.empty() && !LETHE_TRY(narrow(batch))) return {};
  return live_.empty() ? Result<void>() : call(batch);
}

void Stage::select_live(connectors::Batch& batch) {
  live_.clear();
  for (std::size_t i = 0; i < batch.records.size(); ++i)
    if (is_live(batch.records[i])) live_.push_back(static_cast<std::uint32_t>(i));
}

Records Stage::gather(connectors::Batch& batch) {
  // All are live: the plugin reads them where they lie.
  if (live_.size() == batch.records.size())
    return {&batch.records.data()->out, sizeof(connectors::Record), live_.size()};
  scratch_.clear();
  for (const std::uint32_t i : live_) scratch_.push_back(batch.records[i].out);
  return {scratch_.data(), sizeof(lethe_record), scratch_.size()};
}

Result<bool> Stage::narrow(connectors::Batch& batch) {
  const std::size_t before = live_.size();
  for (const Condition& condition : options_.conditions) {
    if (live_.empty()) break;
    answers_.resize(live_.size());
    auto tested = condition.predicate->test(gather(batch), batch.arena, answers_);
    if (!tested) {
      // Whether the records are for this stage is unknown, so none of them goes past it.
      const Error& error = tested.error();
      LETHE_TRY(fail_all(batch, {error.kind(), Disposition::kByPolicy, error.message(), {}}));
      return false;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < live_.size(); ++i)
      if ((answers_[i] != 0) != condition.unless) live_[kept++] = live_[i];
    live_.resize(kept);
  }
  count(Outcome::kSkipped, before - live_.size());
  return true;
}

Result<void> Stage::call(connectors::Batch& batch) {
  const Records records = gather(batch);
  verdicts_.assign(records.size(), kBlankVerdict);
  const lethe_arena arena = batch.arena.abi();
  const lethe_batch view = {sizeof(lethe_batch), 0,
                            records.data(),      records.stride(),
                            verdicts_.data(),    sizeof(lethe_verdict),
                            records.size(),      &arena};
  if (!instance_->apply(view)) {
    const CallFailure& failure = instance_->last_failure();
    return fail_all(batch, {failure.kind, Disposition::kByPolicy, failure.message, failure.path});
  }
  for (std::size_t i = 0; i < live_.size(); ++i)
    LETHE_TRY(take(verdicts_[i], batch.records[live_[i]], batch.arena));
  return {};
}

Result<void> Stage::take(const lethe_verdict& verdict, connectors::Record& record,
                         connectors::Arena& arena) {
  const std::string_view broken = broken_rule(verdict);
  if (!broken.empty())
    return fail(record,
                {ErrorKind::kInternal, Disposition::kStop, instance_->misbehaviour(broken), {}},
                arena);
  switch (verdict.action) {
    case LETHE_REPLACED:
      replace(verdict, record.out);
      count(Outcome::kReplaced);
      return {};
    case LETHE_DROP:
      record.route = connectors::Route::kNone;
      count(Outcome::kDropped);
      return {};
    case LETHE_FAILED:
      return fail(record,
                  {static_cast<ErrorKind>(verdict.error_kind),
                   static_cast<Disposition>(verdict.disposition),
                   instance_->services().shown(verdict.message), showable_path(verdict.path)},
                  arena);
    default:
      count(Outcome::kKept);
      return {};
  }
}

Result<void> Stage::fail(connectors::Record& record, const Failure& failure,
                         connectors::Arena& arena) {
  if (failure.kind == ErrorKind::kTransient && failure.wish == Disposition::kByPolicy)
    return transient("transform '" + label() + "': " + std::string(failure.message));
  const Disposition disposition =
      resolve(failure.wish, options_.on_error, failure.kind, options_.protects);
  record.failed = disposition != Disposition::kPass;
  record.stage = index_;
  record.error_kind = failure.kind;
  record.disposition = static_cast<std::int32_t>(disposition);
  // Texts and paths of a plugin need not outlive its next call; the record does.
  record.error_message = arena.copy(failure.message);
  record.error_path = arena.copy(failure.path);
  count(outcome_of(disposition));
  HostServices& services = instance_->services();
  log_failure(services.log(), services.identity().pipeline, label(), record, disposition);
  return {};
}

Result<void> Stage::fail_all(connectors::Batch& batch, const Failure& failure) {
  for (const std::uint32_t i : live_) LETHE_TRY(fail(batch.records[i], failure, batch.arena));
  return {};
}

}  // namespace lethe::worker::pipeline
