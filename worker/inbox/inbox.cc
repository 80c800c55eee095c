// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/inbox.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace lethe::worker::inbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPace{50};  // between turns in which nothing was to do
constexpr pipeline::Backoff::Options kBackoff{milliseconds(500), milliseconds(30'000), {}};

}  // namespace

Inbox::Inbox(Parts parts, log::Log& log, const pipeline::Clock& clock, pipeline::Jitter jitter)
    : sink_(std::move(parts.sink)), outbox_(std::move(parts.outbox)), log_(log), clock_(clock) {
  for (std::unique_ptr<Step>& step : parts.steps)
    slots_.push_back({std::move(step), pipeline::Backoff(kBackoff, jitter)});
}

void Inbox::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  log_.info("the erasure inbox is open", {{"ways", slots_.size()}});
  while (!stop.stop_requested()) {
    if (turn(stop)) continue;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kPace, [] { return false; });
  }
  close();
  log_.info("the erasure inbox is closed");
}

void Inbox::close() {
  const auto note = [&](std::string_view part, const Result<void>& closed) {
    if (!closed)
      log_.warning("the erasure inbox did not close cleanly",
                   {{"part", part}, {"reason", closed.error().message()}});
  };
  for (Slot& slot : slots_) note(slot.step->name(), slot.step->close());
  if (sink_ != nullptr) note("outbox", sink_->close());
}

bool Inbox::turn(const std::stop_token& stop) {
  bool more = false;
  for (Slot& slot : slots_) {
    if (stop.stop_requested()) return false;
    more = advance(slot, stop) || more;
  }
  return more;
}

bool Inbox::advance(Slot& slot, const std::stop_token& stop) {
  if (!slot.trouble.empty() && clock_.now() < slot.retry_at) {
    slot.step->rest(kPace, stop);
    return false;
  }
  const Result<bool> more = slot.step->advance(stop);
  if (more) {
    worked(slot);
    return *more;
  }
  if (!stop.stop_requested()) failed(slot, more.error());
  return false;
}

void Inbox::failed(Slot& slot, const Error& error) {
  const auto pause = slot.backoff.next(clock_.now());
  slot.retry_at = clock_.now() + pause.value_or(kBackoff.longest);
  if (slot.trouble == error.message()) return;
  slot.trouble = error.message();
  const bool passing = error.kind() == ErrorKind::kTransient;
  log_.write(passing ? log::Level::kWarning : log::Level::kError, "the erasure inbox waits",
             std::initializer_list<log::Field>{{"part", slot.step->name()},
                                               {"kind", lethe::to_string(error.kind())},
                                               {"reason", error.message()}});
}

void Inbox::worked(Slot& slot) {
  if (slot.trouble.empty()) return;
  slot.trouble.clear();
  slot.backoff.reset();
  log_.info("the erasure inbox goes on", {{"part", slot.step->name()}});
}

}  // namespace lethe::worker::inbox
