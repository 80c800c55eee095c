// SPDX-License-Identifier: Apache-2.0
//
// Tells other systems whom Lethe forgot: a message for every erasure that became effective (L0) and
// one when its keys are gone from the store (L1), whoever asked for it. Read from the journal,
// which has them all; of all workers one does it at a time, and the position is theirs together.
// At least once, in the order of the journal: what was written when a worker died comes again. A
// step of the inbox: its thread.

#ifndef LETHE_WORKER_INBOX_ERASED_EVENTS_H_
#define LETHE_WORKER_INBOX_ERASED_EVENTS_H_

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "connectors/shared_cursor.h"
#include "kms/erasure/erasures.h"
#include "kms/journal/journal.h"
#include "worker/inbox/outbox.h"
#include "worker/inbox/step.h"
#include "worker/pipeline/clock.h"

namespace lethe::worker::inbox {

class ErasedEvents final : public Step {
 public:
  // The cursor's position is the number of the last entry that was dealt with. All references
  // outlive it.
  ErasedEvents(std::string topic, std::unique_ptr<connectors::SharedCursor> cursor,
               kms::journal::Journal& journal, kms::erasure::Erasures& erasures, Outbox& outbox,
               const pipeline::Clock& clock);

  std::string_view name() const noexcept override { return "events"; }
  Result<bool> advance(const std::stop_token& stop) override;
  void rest(std::chrono::milliseconds duration, const std::stop_token& stop) override;
  Result<void> close() override { return cursor_->close(); }

 private:
  Result<void> tell(std::span<const kms::journal::Entry> entries, const std::stop_token& stop);
  Result<std::optional<Message>> message_for(const kms::journal::Entry& entry);

  const std::string topic_;
  const std::unique_ptr<connectors::SharedCursor> cursor_;
  kms::journal::Journal& journal_;
  kms::erasure::Erasures& erasures_;
  Outbox& outbox_;
  const pipeline::Clock& clock_;
  pipeline::Clock::Time look_at_{};
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_ERASED_EVENTS_H_
