// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/keycloak_deletions.h"

#include <utility>

namespace lethe::worker::inbox {
namespace {

using connectors::keycloak::Deletion;

// Made of the event's id, in the characters of an erasure id.
std::string request_id(const Deletion& deletion) {
  std::string id = "kc-" + deletion.event_id;
  for (char& c : id) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!fits && c != '-') c = '_';
  }
  return id;
}

}  // namespace

KeycloakDeletions::KeycloakDeletions(KeycloakDeletionsOptions options,
                                     std::unique_ptr<connectors::keycloak::EventReader> events,
                                     PositionFile position, kms::erasure::Erasures& erasures,
                                     Outbox* outbox, log::Log& log, const pipeline::Clock& clock)
    : options_(std::move(options)),
      events_(std::move(events)),
      file_(std::move(position)),
      intake_(erasures),
      outbox_(outbox),
      log_(log),
      clock_(clock) {}

Result<bool> KeycloakDeletions::advance(const std::stop_token& stop) {
  if (clock_.now() < poll_at_) return false;
  if (!position_) position_ = file_.read();
  const connectors::keycloak::Page page = LETHE_TRY(events_->poll(*position_, stop));
  std::vector<Message> messages;
  for (const Deletion& deletion : page.deletions) messages.push_back(LETHE_TRY(erase(deletion)));
  if (outbox_ != nullptr) LETHE_TRY(outbox_->send(std::move(messages), stop));
  intake_.acknowledged();
  if (page.next != *position_) LETHE_TRY(file_.write(page.next));
  events_->handled();
  position_ = page.next;
  if (!page.more) poll_at_ = clock_.now() + options_.poll;
  return page.more;
}

Result<Message> KeycloakDeletions::erase(const Deletion& deletion) {
  auto names = render_all(options_.subjects, {{"id", deletion.user_id}});
  if (!names) return internal("a template of keycloak.subjects has another parameter than id");
  ErasureRequest request{request_id(deletion), std::move(*names), options_.actor};
  request.undo_window = options_.undo_window;
  const Acknowledgement taken = LETHE_TRY(intake_.take(request));
  report(taken);
  return Message{options_.acknowledgements, taken.request_id, to_json(taken)};
}

// An unknown name is common: not every user has data. Anything else is for the operator.
void KeycloakDeletions::report(const Acknowledgement& taken) {
  for (const Answer& answer : taken.answers) {
    if (!answer.refusal || answer.refusal->kind() == ErrorKind::kUnknownKey) continue;
    log_.warning("a user was deleted in Keycloak and cannot be erased",
                 {{"erasure_id", answer.erasure_id},
                  {"kind", lethe::to_string(answer.refusal->kind())},
                  {"reason", answer.refusal->message()}});
  }
}

}  // namespace lethe::worker::inbox
