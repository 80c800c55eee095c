// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/topic_requests.h"

#include <utility>

#include "json/json.h"

namespace lethe::worker::inbox {

TopicRequests::TopicRequests(TopicRequestsOptions options,
                             std::unique_ptr<connectors::Source> source,
                             kms::erasure::Erasures& erasures, Outbox& outbox, log::Log& log)
    : options_(std::move(options)),
      source_(std::move(source)),
      intake_(erasures),
      outbox_(outbox),
      log_(log) {}

Result<bool> TopicRequests::advance(const std::stop_token& stop) {
  if (must_rewind_) LETHE_TRY(source_->rewind());
  must_rewind_ = false;
  const connectors::Batch batch = LETHE_TRY(source_->read(stop, *this));
  if (batch.empty()) return false;
  Result<void> settled = settle(batch, stop);
  must_rewind_ = !settled;
  LETHE_TRY(std::move(settled));
  return true;
}

Result<void> TopicRequests::settle(const connectors::Batch& batch, const std::stop_token& stop) {
  std::vector<Message> messages;
  for (const connectors::Record& record : batch.records)
    messages.push_back(LETHE_TRY(answer(record.in)));
  LETHE_TRY(outbox_.send(std::move(messages), stop));
  intake_.acknowledged();
  return source_->commit(batch.checkpoint);
}

Result<Message> TopicRequests::answer(const lethe_record& record) {
  const auto request = parse_request(connectors::text(record.value), options_.context);
  if (!request) return refuse(record, request.error());
  const Acknowledgement taken = LETHE_TRY(intake_.take(*request));
  return Message{options_.acknowledgements, taken.request_id, to_json(taken)};
}

Message TopicRequests::refuse(const lethe_record& record, const Error& reason) {
  log_.warning("a request to erase cannot be read and is dead-lettered",
               {{"topic", connectors::text(record.topic)},
                {"partition", record.partition},
                {"offset", record.offset},
                {"reason", reason.message()}});
  json::Value letter;
  letter.set("v", 1)
      .set("topic", connectors::text(record.topic))
      .set("partition", record.partition)
      .set("offset", record.offset)
      .set("kind", lethe::to_string(reason.kind()))
      .set("reason", reason.message());
  return {options_.dead_letter, {}, letter.dump()};
}

void TopicRequests::rest(std::chrono::milliseconds duration, const std::stop_token& stop) {
  // What idling finds wrong is found again by the next read.
  static_cast<void>(source_->idle(duration, stop, *this));
}

}  // namespace lethe::worker::inbox
