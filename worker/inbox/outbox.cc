// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/outbox.h"

#include <memory>
#include <utility>

namespace lethe::worker::inbox {
namespace {

using connectors::Batch;
using connectors::Record;

// A stop is noticed this soon.
constexpr std::chrono::milliseconds kSlice{200};

struct Owner final : connectors::BatchOwner {
  explicit Owner(std::vector<Message> given) : messages(std::move(given)) {}
  const std::vector<Message> messages;
};

lethe_record as_record(const Message& message) {
  lethe_record record{};
  record.struct_size = sizeof record;
  record.partition = -1;
  record.offset = -1;
  record.timestamp_ms = -1;
  record.topic = connectors::view(message.topic);
  record.key = message.key.empty() ? connectors::kNullView : connectors::view(message.key);
  record.value = connectors::view(message.value);
  record.header_stride = sizeof(lethe_header);
  return record;
}

Batch as_batch(std::vector<Message> messages, std::uint64_t sequence) {
  auto owner = std::make_unique<Owner>(std::move(messages));
  Batch batch;
  for (const Message& message : owner->messages) {
    Record& record = batch.records.emplace_back();
    record.in = as_record(message);
    record.out = record.in;
    batch.bytes += message.key.size() + message.value.size();
  }
  batch.owner = std::move(owner);
  batch.checkpoint.sequence = sequence;
  batch.checkpoint.positions = {{"outbox", 0, static_cast<std::int64_t>(sequence)}};
  return batch;
}

}  // namespace

Result<void> Outbox::send(std::vector<Message> messages, const std::stop_token& stop) {
  if (messages.empty()) return {};
  Result<void> sent = write_and_wait(as_batch(std::move(messages), ++sequence_), stop);
  if (!sent) static_cast<void>(sink_.abandon());  // the caller makes them again
  return sent;
}

Result<void> Outbox::write_and_wait(Batch batch, const std::stop_token& stop) {
  const std::uint64_t sequence = batch.checkpoint.sequence;
  const auto until = std::chrono::steady_clock::now() + deadline_;
  LETHE_TRY(sink_.write(std::move(batch)));
  for (;;) {
    Result<void> drained = sink_.drain(kSlice);  // transient: not yet; durable() says what is wrong
    if (!drained && drained.error().kind() != ErrorKind::kTransient) return drained;
    if (LETHE_TRY(is_durable(sequence))) return {};
    if (stop.stop_requested()) return transient("stopped while a topic was written");
    if (std::chrono::steady_clock::now() >= until)
      return drained ? transient("a topic was written without confirmation") : std::move(drained);
  }
}

Result<bool> Outbox::is_durable(std::uint64_t sequence) {
  const connectors::Durable durable = LETHE_TRY(sink_.durable());
  if (!durable.refused.empty()) {
    const connectors::Refused& refused = durable.refused.front();
    return bad_config("the broker does not take a message for " +
                      std::string(connectors::text(refused.record->out.topic)) + ": " +
                      std::string(refused.message));
  }
  for (const connectors::Checkpoint& checkpoint : durable.confirmed)
    if (checkpoint.sequence == sequence) return true;
  return false;
}

}  // namespace lethe::worker::inbox
