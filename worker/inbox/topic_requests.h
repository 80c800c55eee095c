// SPDX-License-Identifier: Apache-2.0
//
// Requests from a topic. Each is handed to the erasures and acknowledged; one that cannot be read
// goes to the dead-letter topic by its place and a reason, without its content, which would
// outlive the erasure there. Offsets move when all of that is durable: after a crash requests come
// again and are answered with what they began. A step of the inbox: its thread.

#ifndef LETHE_WORKER_INBOX_TOPIC_REQUESTS_H_
#define LETHE_WORKER_INBOX_TOPIC_REQUESTS_H_

#include <memory>
#include <string>
#include <vector>

#include "connectors/source.h"
#include "worker/inbox/intake.h"
#include "worker/inbox/outbox.h"
#include "worker/inbox/step.h"
#include "worker/log/log.h"

namespace lethe::worker::inbox {

struct TopicRequestsOptions {
  RequestContext context;
  std::string acknowledgements;
  std::string dead_letter;
};

class TopicRequests final : public Step, private connectors::RebalanceListener {
 public:
  // Erasures, outbox and log outlive it.
  TopicRequests(TopicRequestsOptions options, std::unique_ptr<connectors::Source> source,
                kms::erasure::Erasures& erasures, Outbox& outbox, log::Log& log);

  std::string_view name() const noexcept override { return "requests"; }
  Result<bool> advance(const std::stop_token& stop) override;
  void rest(std::chrono::milliseconds duration, const std::stop_token& stop) override;
  Result<void> close() override { return source_->close(); }

 private:
  // Nothing is in flight between two steps.
  Result<void> release(std::span<const connectors::Position>, bool) override { return {}; }
  Result<void> settle(const connectors::Batch& batch, const std::stop_token& stop);
  Result<Message> answer(const lethe_record& record);
  Message refuse(const lethe_record& record, const Error& reason);

  const TopicRequestsOptions options_;
  const std::unique_ptr<connectors::Source> source_;
  Intake intake_;
  Outbox& outbox_;
  log::Log& log_;
  bool must_rewind_ = false;
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_TOPIC_REQUESTS_H_
