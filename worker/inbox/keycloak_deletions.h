// SPDX-License-Identifier: Apache-2.0
//
// Erases whom Keycloak deleted. The request's id is made of the event's, so that an event that is
// read again, after a restart or by another worker, finds the erasure it began; the position moves
// when all events before it are dealt with and acknowledged. A step of the inbox: its thread.

#ifndef LETHE_WORKER_INBOX_KEYCLOAK_DELETIONS_H_
#define LETHE_WORKER_INBOX_KEYCLOAK_DELETIONS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/keycloak/keycloak_events.h"
#include "worker/inbox/intake.h"
#include "worker/inbox/outbox.h"
#include "worker/inbox/position_file.h"
#include "worker/inbox/step.h"
#include "worker/log/log.h"
#include "worker/pipeline/clock.h"

namespace lethe::worker::inbox {

struct KeycloakDeletionsOptions {
  std::vector<config::NameTemplate> subjects;  // over {{id}}
  std::string actor;                           // "keycloak:REALM"
  std::chrono::milliseconds undo_window{0};
  std::chrono::milliseconds poll{10'000};
  std::string acknowledgements{};  // empty: none are written
};

class KeycloakDeletions final : public Step {
 public:
  // outbox: may be null without acknowledgements. All references outlive it.
  KeycloakDeletions(KeycloakDeletionsOptions options,
                    std::unique_ptr<connectors::keycloak::EventReader> events,
                    PositionFile position, kms::erasure::Erasures& erasures, Outbox* outbox,
                    log::Log& log, const pipeline::Clock& clock);

  std::string_view name() const noexcept override { return "keycloak"; }
  Result<bool> advance(const std::stop_token& stop) override;

 private:
  Result<Message> erase(const connectors::keycloak::Deletion& deletion);
  void report(const Acknowledgement& taken);

  const KeycloakDeletionsOptions options_;
  const std::unique_ptr<connectors::keycloak::EventReader> events_;
  const PositionFile file_;
  Intake intake_;
  Outbox* outbox_;
  log::Log& log_;
  const pipeline::Clock& clock_;
  std::optional<connectors::keycloak::Position> position_;  // read at first use
  pipeline::Clock::Time poll_at_{};
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_KEYCLOAK_DELETIONS_H_
