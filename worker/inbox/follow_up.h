// SPDX-License-Identifier: Apache-2.0
//
// Acknowledges again when an erasure has come further. Its list of what is under way is the
// acknowledgement topic itself, read by a group of all workers: an acknowledgement that is not the
// last one of its request is kept until a later one is durable, and only then does the offset move
// past it. So a request is followed to its end by whichever worker is there, and a crash costs at
// most a repeated acknowledgement. A step of the inbox: its thread.

#ifndef LETHE_WORKER_INBOX_FOLLOW_UP_H_
#define LETHE_WORKER_INBOX_FOLLOW_UP_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/source.h"
#include "worker/inbox/acknowledgement.h"
#include "worker/inbox/outbox.h"
#include "worker/inbox/step.h"
#include "worker/log/log.h"
#include "worker/pipeline/clock.h"

namespace lethe::worker::inbox {

class FollowUp final : public Step, private connectors::RebalanceListener {
 public:
  // All references outlive it.
  FollowUp(std::string topic, std::unique_ptr<connectors::Source> source,
           kms::erasure::Erasures& erasures, Outbox& outbox, log::Log& log,
           const pipeline::Clock& clock);

  std::string_view name() const noexcept override { return "acknowledgements"; }
  Result<bool> advance(const std::stop_token& stop) override;
  void rest(std::chrono::milliseconds duration, const std::stop_token& stop) override;
  Result<void> close() override { return source_->close(); }

  std::size_t open() const noexcept { return open_.size(); }

 private:
  struct Open {
    Acknowledgement last;
    std::uint64_t batch = 0;
    pipeline::Clock::Time look_at;
    std::chrono::milliseconds pause;
  };
  struct Held {
    connectors::Checkpoint checkpoint;
    std::size_t open = 0;
  };
  using Requests = std::map<std::string, Open, std::less<>>;

  Result<void> release(std::span<const connectors::Position>, bool) override;
  void note(const connectors::Batch& batch);
  void forget(Requests::iterator request);
  Result<void> look(const std::stop_token& stop);
  Result<Acknowledgement> look_at(const Acknowledgement& last);
  Result<void> commit();

  const std::string topic_;
  const std::unique_ptr<connectors::Source> source_;
  kms::erasure::Erasures& erasures_;
  Outbox& outbox_;
  log::Log& log_;
  const pipeline::Clock& clock_;
  Requests open_;
  std::deque<Held> held_;         // in the order they were read
  std::uint64_t first_held_ = 0;  // the number of the front
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_FOLLOW_UP_H_
