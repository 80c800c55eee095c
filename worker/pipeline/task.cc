// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/task.h"

#include <iterator>
#include <utility>

#include "worker/pipeline/reapply.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::Batch;
using connectors::Route;

constexpr std::chrono::milliseconds kFlushEvery{100};
// A full sink is given time in slices; now and then the source is polled, so that a rebalance does
// not wait for the sink.
constexpr std::chrono::milliseconds kSlice{5};
constexpr int kSlicesPerPoll = 200;
constexpr std::chrono::milliseconds kPoll{100};
// Before a retry that is not the sink's fault, what it still holds is given this long.
constexpr std::chrono::milliseconds kLongestDrainBeforeRetry{5'000};

bool has_content(const Batch& batch) {
  return !batch.empty() || !batch.checkpoint.empty();
}

Tally tally_of(const Batch& batch) noexcept {
  Tally tally;
  tally.read = batch.records.size();
  for (const connectors::Record& record : batch.records) {
    if (record.route == Route::kSink) ++tally.written;
    if (record.route == Route::kDeadLetter) ++tally.dead_lettered;
    if (record.route == Route::kNone) ++tally.dropped;
    if (record.failed) ++tally.failed;
  }
  return tally;
}

Backoff::Options without_budget(Backoff::Options options) {
  options.budget.reset();
  return options;
}

}  // namespace

Task::Task(TaskOptions options, Parts parts, log::Log& log, const Clock& clock, Jitter jitter)
    : options_(std::move(options)),
      log_(log),
      clock_(clock),
      chain_(std::move(parts.chain)),
      errors_(std::move(parts.errors)),
      source_(std::move(parts.source)),
      sink_(std::move(parts.sink)),
      backoffs_{Backoff(options_.retry, jitter), Backoff(without_budget(options_.retry), jitter),
                Backoff(options_.retry, jitter)},
      flushed_(clock.now()) {}

TaskReport Task::run(std::stop_token stop) {
  log_.info("task starts", {{"pipeline", options_.pipeline}, {"task", options_.number}});
  for (;;) {
    Result<void> streamed = stream(stop);
    // Stopped before the end of its input: all that was written is durable, but an output that
    // takes its name when it is complete keeps away from it.
    if (streamed) return ended(exhausted_ ? sink_->close() : Result<void>(), stop);
    if (auto fatal = recover(std::move(streamed).error(), stop))
      return ended(*std::move(fatal), stop);
  }
}

Result<void> Task::stream(std::stop_token stop) {
  bool end = false;
  // What was taken back from a source that cannot seek is finished even after a stop: it has no
  // other copy.
  while (!end && (!stop.stop_requested() || !again_.empty())) {
    if (must_start_again_) LETHE_TRY(start_again());
    current_ = LETHE_TRY(next(stop));
    if (must_start_again_) continue;  // a rebalance: what was read belongs to the time before it
    end = current_.end;
    if (has_content(current_)) LETHE_TRY(forward());
    LETHE_TRY(settle_durable());
    LETHE_TRY(throttle(stop));
    flush(false);
    end = end && !must_start_again_;
  }
  return drain(options_.drain_deadline);
}

Result<Batch> Task::next(std::stop_token stop) {
  step_ = Step::kReading;
  if (!again_.empty()) {
    Batch taken = std::move(again_.front());
    again_.pop_front();
    return restore(std::move(taken));
  }
  Batch batch;
  if (exhausted_) {
    batch.end = true;
  } else {
    batch = LETHE_TRY(source_->read(stop, *this));
    exhausted_ = batch.end && !must_start_again_;
  }
  works(Step::kReading);
  return batch;
}

Result<void> Task::forward() {
  step_ = Step::kTransforming;
  LETHE_TRY(chain_->apply(current_));
  LETHE_TRY(errors_->settle(current_));
  LETHE_TRY(chain_->confirm());
  works(Step::kTransforming);

  step_ = Step::kDelivering;
  const InFlight handed_over{current_.checkpoint.sequence, tally_of(current_)};
  Result<void> written = sink_->write(std::exchange(current_, Batch()));
  LETHE_TRY(std::move(written));
  in_flight_.push_back(handed_over);
  return {};
}

Result<void> Task::settle_durable() {
  step_ = Step::kDelivering;
  const connectors::Durable durable = LETHE_TRY(sink_->durable());
  for (const connectors::Checkpoint& checkpoint : durable.confirmed) LETHE_TRY(commit(checkpoint));
  for (const connectors::Refused& refused : durable.refused) LETHE_TRY(answer(refused));
  return {};
}

Result<void> Task::commit(const connectors::Checkpoint& checkpoint) {
  LETHE_TRY(source_->commit(checkpoint));
  works(Step::kDelivering);
  if (in_flight_.empty() || in_flight_.front().sequence != checkpoint.sequence)
    return internal("the sink confirmed batches out of order; please report this as a bug");
  report_.totals += in_flight_.front().tally;
  in_flight_.pop_front();
  return {};
}

Result<void> Task::answer(const connectors::Refused& refused) {
  const Route route = LETHE_TRY(errors_->settle_refused(refused));
  for (InFlight& batch : in_flight_) {
    if (batch.sequence != refused.sequence) continue;
    --batch.tally.written;
    ++batch.tally.failed;
    ++(route == Route::kDeadLetter ? batch.tally.dead_lettered : batch.tally.dropped);
  }
  return sink_->settle_refused(refused, route);
}

Result<void> Task::throttle(std::stop_token stop) {
  for (int slice = 1; sink_->in_flight_bytes() > options_.most_in_flight; ++slice) {
    if (stop.stop_requested() || must_start_again_) return {};
    step_ = Step::kDelivering;
    auto drained = sink_->drain(kSlice);  // transient: not done yet; durable() tells what is wrong
    if (!drained && drained.error().kind() != ErrorKind::kTransient) return drained;
    LETHE_TRY(settle_durable());
    if (slice % kSlicesPerPoll != 0) continue;
    step_ = Step::kReading;
    LETHE_TRY(source_->idle(kPoll, stop, *this));
  }
  return {};
}

Result<void> Task::drain(std::chrono::milliseconds deadline) {
  for (;;) {
    const std::size_t before = in_flight_.size();
    const std::uint64_t failed = before == 0 ? 0 : in_flight_.front().tally.failed;
    step_ = Step::kDelivering;
    LETHE_TRY(sink_->drain(deadline));
    LETHE_TRY(settle_durable());
    if (in_flight_.empty()) return {};
    // Refused records were dead-lettered just now: these are in flight, too. Anything else is a
    // bug.
    if (in_flight_.size() == before && in_flight_.front().tally.failed == failed)
      return internal(
          "the sink drained without confirming its batches; please report this as a bug");
  }
}

Result<void> Task::release(std::span<const connectors::Position>, bool lost) {
  const Step before = step_;
  Result<void> drained;
  if (!lost) drained = drain(options_.drain_deadline);
  if (!lost && drained) {
    step_ = before;
    return {};
  }
  // Not ours any more, or not finished in time: whoever has the partitions next reads it again.
  take_back();
  again_.clear();
  must_start_again_ = true;
  exhausted_ = false;  // what was abandoned is still to come
  if (drained) step_ = before;
  return drained;
}

std::optional<Error> Task::recover(Error error, std::stop_token stop) {
  const Step failed = step_;
  if (error.kind() != ErrorKind::kTransient || stop.stop_requested()) return error;
  const auto pause = backoffs_[static_cast<std::size_t>(failed)].next(clock_.now());
  if (!pause.has_value())
    return transient("gave up after trying again for as long as the retry budget lasts: " +
                     error.message());

  // The sink is not to blame: what it holds is finished first, so that less is written twice.
  if (failed != Step::kDelivering && !in_flight_.empty()) {
    auto drained = drain(std::min(options_.drain_deadline, kLongestDrainBeforeRetry));
    if (!drained && drained.error().kind() != ErrorKind::kTransient) return drained.error();
  }
  take_back();
  must_start_again_ = true;

  const bool waits = failed == Step::kTransforming;
  status_.write(waits ? TaskState::kWaiting : TaskState::kRunning, error.message());
  trouble_ = failed;
  log_.warning(waits ? "task waits" : "task tries again", {{"pipeline", options_.pipeline},
                                                           {"task", options_.number},
                                                           {"pause_ms", pause->count()},
                                                           {"reason", error.message()}});
  flush(true);
  auto idled = source_->idle(*pause, stop, *this);
  if (!idled && idled.error().kind() != ErrorKind::kTransient) return idled.error();
  // Stopped in the middle of trouble: a clean end would let an incomplete output take its name.
  if (stop.stop_requested()) return error;
  return std::nullopt;
}

void Task::take_back() {
  auto taken = sink_->abandon();
  in_flight_.clear();
  if (has_content(current_)) taken.push_back(std::exchange(current_, Batch()));
  again_.insert(again_.begin(), std::make_move_iterator(taken.begin()),
                std::make_move_iterator(taken.end()));
}

Result<void> Task::start_again() {
  step_ = Step::kReading;
  if (LETHE_TRY(source_->rewind())) {
    again_.clear();
    exhausted_ = false;
  }
  must_start_again_ = false;
  return {};
}

void Task::works(Step step) {
  backoffs_[static_cast<std::size_t>(step)].reset();
  if (trouble_ != step) return;
  trouble_.reset();
  status_.write(TaskState::kRunning);
  log_.info("task resumes", {{"pipeline", options_.pipeline}, {"task", options_.number}});
}

void Task::flush(bool now) {
  const auto time = clock_.now();
  if (!now && time - flushed_ < kFlushEvery) return;
  chain_->flush();
  flushed_ = time;
}

TaskReport Task::ended(Result<void> outcome, std::stop_token stop) {
  flush(true);
  Result<void> closed = source_->close();
  if (outcome && !closed) outcome = std::move(closed);
  report_.stages = chain_->report();
  if (outcome) {
    status_.write(TaskState::kStopped);
    log_.info("task ends", {{"pipeline", options_.pipeline},
                            {"task", options_.number},
                            {"read", report_.totals.read},
                            {"written", report_.totals.written}});
    return std::move(report_);
  }
  // Stopped on request while something was away: nothing is lost, what is not committed is read
  // again.
  const Error& error = outcome.error();
  const bool stopped = stop.stop_requested() && error.kind() == ErrorKind::kTransient;
  status_.write(stopped ? TaskState::kStopped : TaskState::kFailed, error.message());
  log_.write(stopped ? log::Level::kWarning : log::Level::kError,
             stopped ? "task stops before everything was written" : "task failed",
             std::initializer_list<log::Field>{{"pipeline", options_.pipeline},
                                               {"task", options_.number},
                                               {"kind", lethe::to_string(error.kind())},
                                               {"reason", error.message()}});
  report_.error = error;
  return std::move(report_);
}

}  // namespace lethe::worker::pipeline
