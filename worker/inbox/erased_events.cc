// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/erased_events.h"

#include <utility>
#include <vector>

#include "json/json.h"
#include "worker/inbox/acknowledgement.h"
#include "worker/inbox/journal_entry.h"

namespace lethe::worker::inbox {
namespace {

using kms::erasure::Stage;

constexpr std::size_t kEntriesPerStep = 500;
constexpr std::chrono::milliseconds kLookEvery{500};

std::optional<Stage> stage_after(const std::string& event) {
  if (event == "EFFECTIVE") return Stage::kEffective;
  if (event == "EDEKS_REMOVED") return Stage::kRemoved;
  return std::nullopt;
}

}  // namespace

ErasedEvents::ErasedEvents(std::string topic, std::unique_ptr<connectors::SharedCursor> cursor,
                           kms::store::KeyStore& store, kms::erasure::Erasures& erasures,
                           Outbox& outbox, const pipeline::Clock& clock)
    : topic_(std::move(topic)),
      cursor_(std::move(cursor)),
      store_(store),
      erasures_(erasures),
      outbox_(outbox),
      clock_(clock) {}

Result<bool> ErasedEvents::advance(const std::stop_token& stop) {
  const auto position = LETHE_TRY(cursor_->held());
  if (!position || clock_.now() < look_at_) return false;
  const auto rows = LETHE_TRY(store_.journal(*position, kEntriesPerStep));
  std::vector<Message> messages;
  for (const kms::store::JournalRow& row : rows)
    if (auto message = LETHE_TRY(message_for(row))) messages.push_back(std::move(*message));
  LETHE_TRY(outbox_.send(std::move(messages), stop));
  if (!rows.empty()) LETHE_TRY(cursor_->move(rows.back().seq));
  const bool more = rows.size() == kEntriesPerStep;
  if (!more) look_at_ = clock_.now() + kLookEvery;
  return more;
}

Result<std::optional<Message>> ErasedEvents::message_for(const kms::store::JournalRow& row) {
  const JournalEntry entry = LETHE_TRY(read_entry(row));
  const auto stage = stage_after(entry.event);
  if (!stage) return std::optional<Message>();
  const kms::erasure::Status status = LETHE_TRY(erasures_.status(entry.erasure_id));
  json::Value event;
  event.set("v", 1)
      .set("erasure_id", entry.erasure_id)
      .set("subject", status.subject)
      .set("fence_version", status.fence_version)
      .set("stage", to_string(*stage))
      .set("at", entry.at)
      .set("dek_ids", json::Array(status.dek_ids.begin(), status.dek_ids.end()))
      .set("journal_seq", row.seq);
  return std::optional(Message{topic_, entry.erasure_id, event.dump()});
}

void ErasedEvents::rest(std::chrono::milliseconds, const std::stop_token&) {
  // Stays a member of the group; what is wrong is found again by the next step.
  static_cast<void>(cursor_->held());
}

}  // namespace lethe::worker::inbox
