// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/erased_events.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "json/json.h"
#include "worker/inbox/acknowledgement.h"

namespace lethe::worker::inbox {
namespace {

using kms::erasure::Stage;

constexpr std::size_t kEntriesAtOnce = 500;
constexpr std::chrono::milliseconds kLookEvery{500};

std::optional<Stage> stage_after(kms::journal::EventKind event) {
  if (event == kms::journal::EventKind::kEffective) return Stage::kEffective;
  if (event == kms::journal::EventKind::kEdeksRemoved) return Stage::kRemoved;
  return std::nullopt;
}

}  // namespace

ErasedEvents::ErasedEvents(std::string topic, std::unique_ptr<connectors::SharedCursor> cursor,
                           kms::journal::Journal& journal, kms::erasure::Erasures& erasures,
                           Outbox& outbox, const pipeline::Clock& clock)
    : topic_(std::move(topic)),
      cursor_(std::move(cursor)),
      journal_(journal),
      erasures_(erasures),
      outbox_(outbox),
      clock_(clock) {}

Result<bool> ErasedEvents::advance(const std::stop_token& stop) {
  const auto position = LETHE_TRY(cursor_->held());
  if (!position || clock_.now() < look_at_) return false;
  LETHE_TRY(journal_.catch_up());
  const std::vector<kms::journal::Entry> entries = journal_.after(*position);
  std::span<const kms::journal::Entry> left(entries);
  while (!left.empty()) {
    const auto now = left.first(std::min(left.size(), kEntriesAtOnce));
    LETHE_TRY(tell(now, stop));
    left = left.subspan(now.size());
  }
  look_at_ = clock_.now() + kLookEvery;
  return false;
}

Result<void> ErasedEvents::tell(std::span<const kms::journal::Entry> entries,
                                const std::stop_token& stop) {
  std::vector<Message> messages;
  for (const kms::journal::Entry& entry : entries)
    if (auto message = LETHE_TRY(message_for(entry))) messages.push_back(std::move(*message));
  LETHE_TRY(outbox_.send(std::move(messages), stop));
  return cursor_->move(entries.back().seq);
}

Result<std::optional<Message>> ErasedEvents::message_for(const kms::journal::Entry& entry) {
  const auto stage = stage_after(entry.event.kind);
  if (!stage) return std::optional<Message>();
  const std::string& id = entry.event.erasure_id;
  const kms::erasure::Status status = LETHE_TRY(erasures_.status(id));
  json::Value event;
  event.set("v", 1)
      .set("erasure_id", id)
      .set("subject", status.subject)
      .set("fence_version", status.fence_version)
      .set("stage", to_string(*stage))
      .set("at", kms::journal::to_text(entry.time))
      .set("dek_ids", json::Array(status.dek_ids.begin(), status.dek_ids.end()))
      .set("journal_seq", entry.seq);
  return std::optional(Message{topic_, id, event.dump()});
}

void ErasedEvents::rest(std::chrono::milliseconds, const std::stop_token&) {
  // Stays a member of the group; what is wrong is found again by the next step.
  static_cast<void>(cursor_->held());
}

}  // namespace lethe::worker::inbox
