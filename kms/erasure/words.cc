// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure/words.h"

#include <array>
#include <utility>

#include "kms/crypto/random.h"
#include "kms/hex.h"

namespace lethe::kms::erasure {
namespace {

using journal::Entry;
using journal::Event;
using journal::EventKind;

constexpr std::string_view kSubject = "subject_hash";
constexpr std::string_view kDoneBy = "done_by";

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

bool is_set(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->boolean().value_or(false);
}

Time from_ms(std::chrono::milliseconds since_epoch) {
  return Time(since_epoch);
}

}  // namespace

Event event_of(EventKind kind, const Order& order, std::string actor, json::Value evidence) {
  Event event;
  event.kind = kind;
  event.actor = std::move(actor);
  event.erasure_id = order.erasure_id;
  event.subject_commit = order.commit;
  event.evidence = std::move(evidence);
  return event;
}

Event requested(const Order& order) {
  json::Value evidence;
  evidence.set(kSubject, to_hex(order.subject.bytes));
  if (order.policy) evidence.set("policy", to_string(*order.policy));
  if (order.unseen) evidence.set("unseen", true);
  if (order.propose) evidence.set("proposed", true);
  if (order.undo) evidence.set("undo", true);
  if (order.execute_at.count() > 0) evidence.set("execute_at", order.execute_at.count());
  return event_of(EventKind::kRequested, order, order.actor, std::move(evidence));
}

std::optional<Order> to_order(const Entry& entry) {
  const json::Value& evidence = entry.event.evidence;
  const auto subject = subject_of(entry);
  if (entry.event.kind != EventKind::kRequested || !subject) return std::nullopt;
  Order order;
  order.erasure_id = entry.event.erasure_id;
  order.subject = *subject;
  order.commit = entry.event.subject_commit;
  order.actor = entry.event.actor;
  order.policy = to_erased_policy(text_of(evidence, "policy"));
  order.unseen = is_set(evidence, "unseen");
  order.propose = is_set(evidence, "proposed");
  order.undo = is_set(evidence, "undo");
  if (const json::Value* at = evidence.find("execute_at"))
    order.execute_at = std::chrono::milliseconds(at->integer().value_or(0));
  return order;
}

Event fenced(const Order& order, const DoneErasure& done, std::uint64_t epoch) {
  json::Value evidence;
  evidence.set(kSubject, to_hex(order.subject.bytes));
  Event event = event_of(EventKind::kFenced, order, order.actor, std::move(evidence));
  event.fence_version = done.fence_version;
  event.dek_ids = done.dek_ids;
  event.epoch = epoch;
  event.approver = order.approver;
  return event;
}

Event done_by(const Order& order, std::string actor, std::string_view erasure_id) {
  json::Value evidence;
  evidence.set(kDoneBy, erasure_id);
  return event_of(EventKind::kCancelled, order, std::move(actor), std::move(evidence));
}

std::optional<std::string> done_instead(const Entry& cancelled) {
  std::string id = text_of(cancelled.event.evidence, kDoneBy);
  return id.empty() ? std::nullopt : std::optional(std::move(id));
}

std::optional<store::SubjectHash> subject_of(const Entry& entry) {
  store::SubjectHash subject;
  if (!from_hex(text_of(entry.event.evidence, kSubject), subject.bytes)) return std::nullopt;
  return subject;
}

Status to_status(std::span<const Entry> entries) {
  Status status;
  for (const Entry& entry : entries) {
    const Event& event = entry.event;
    status.erasure_id = event.erasure_id;
    status.subject_commit = to_hex(event.subject_commit);
    if (const auto subject = subject_of(entry)) status.subject = to_hex(subject->bytes);
    switch (event.kind) {
      case EventKind::kRequested:
        status.requested_at = entry.time;
        if (const auto order = to_order(entry)) {
          status.stage = order->propose ? Stage::kProposed : Stage::kPending;
          status.policy = order->policy;
          if (order->execute_at.count() > 0) status.execute_at = from_ms(order->execute_at);
        }
        break;
      case EventKind::kFenced:
        status.stage = Stage::kFenced;
        status.fenced_at = entry.time;
        status.fence_version = event.fence_version;
        for (const store::DekId& id : event.dek_ids) status.dek_ids.push_back(to_uuid(id));
        break;
      case EventKind::kEffective:
        status.stage = Stage::kEffective;
        status.effective_at = entry.time;
        break;
      case EventKind::kEdeksRemoved:
        status.stage = Stage::kRemoved;
        status.removed_at = entry.time;
        break;
      case EventKind::kCancelled:
        status.stage = Stage::kCancelled;
        break;
      default:
        break;
    }
  }
  return status;
}

std::string draw_id(std::string_view prefix) {
  std::array<std::uint8_t, 12> random;
  crypto::random_bytes(random);
  return std::string(prefix) + to_hex(random);
}

}  // namespace lethe::kms::erasure
