// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/acknowledgement.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/json.h"
#include "kms/journal/time_text.h"

namespace lethe::worker::inbox {
namespace {

using kms::erasure::Stage;
using kms::erasure::Status;

constexpr int kVersion = 1;
constexpr std::string_view kRefused = "refused";
constexpr std::array kStages = {Stage::kProposed,  Stage::kPending, Stage::kFenced,
                                Stage::kEffective, Stage::kRemoved, Stage::kCancelled};
constexpr std::array kKinds = {ErrorKind::kTransient, ErrorKind::kBadRecord,  ErrorKind::kBadConfig,
                               ErrorKind::kShredded,  ErrorKind::kUnknownKey, ErrorKind::kBlocked,
                               ErrorKind::kInternal};

void set_time(json::Value& value, std::string_view name,
              const std::optional<kms::erasure::Time>& time) {
  if (time)
    value.set(name, kms::journal::to_text(std::chrono::floor<std::chrono::milliseconds>(*time)));
}

void set_text(json::Value& value, std::string_view name, const std::string& text) {
  if (!text.empty()) value.set(name, text);
}

void describe(const Status& status, json::Value& value) {
  value.set("stage", to_string(status.stage));
  set_text(value, "subject", status.subject);
  if (status.fence_version != 0) {
    value.set("fence_version", status.fence_version)
        .set("dek_ids", json::Array(status.dek_ids.begin(), status.dek_ids.end()));
  }
  set_time(value, "requested_at", status.requested_at);
  set_time(value, "execute_at", status.execute_at);
  set_time(value, "fenced_at", status.fenced_at);
  set_time(value, "effective_at", status.effective_at);
  set_time(value, "removed_at", status.removed_at);
  set_text(value, "subject_commit", status.subject_commit);
  set_text(value, "salt", status.salt);
  if (status.already_known) value.set("already_known", true);
}

json::Value describe(const Answer& answer) {
  json::Value value;
  value.set("erasure_id", answer.erasure_id);
  if (answer.status) describe(*answer.status, value);
  if (answer.refusal) {
    json::Value error;
    error.set("kind", lethe::to_string(answer.refusal->kind()))
        .set("message", answer.refusal->message());
    value.set("error", std::move(error));
  }
  return value;
}

const std::string* text_of(const json::Value* object, std::string_view name) {
  const json::Value* member = object == nullptr ? nullptr : object->find(name);
  return member == nullptr ? nullptr : member->string();
}

std::optional<Stage> parse_stage(const std::string* text) {
  for (const Stage stage : kStages)
    if (text != nullptr && *text == to_string(stage)) return stage;
  return std::nullopt;
}

std::optional<Error> parse_error(const json::Value* error) {
  const std::string* kind = text_of(error, "kind");
  const std::string* message = text_of(error, "message");
  if (kind == nullptr || message == nullptr) return std::nullopt;
  for (const ErrorKind one : kKinds)
    if (*kind == lethe::to_string(one)) return Error(one, *message);
  return std::nullopt;
}

std::optional<Answer> parse_answer(const json::Value& value) {
  const std::string* id = text_of(&value, "erasure_id");
  if (id == nullptr) return std::nullopt;
  Answer answer{*id};
  if (const auto stage = parse_stage(text_of(&value, "stage"))) {
    answer.status.emplace();
    answer.status->erasure_id = *id;
    answer.status->stage = *stage;
    return answer;
  }
  answer.refusal = parse_error(value.find("error"));
  if (!answer.refusal) return std::nullopt;
  return answer;
}

}  // namespace

std::string_view to_string(Stage stage) noexcept {
  switch (stage) {
    case Stage::kProposed:
      return "proposed";
    case Stage::kPending:
      return "pending";
    case Stage::kFenced:
      return "fenced";
    case Stage::kEffective:
      return "effective";
    case Stage::kRemoved:
      return "removed";
    case Stage::kCancelled:
      return "cancelled";
  }
  return "pending";
}

std::string_view stage_of(const Acknowledgement& acknowledgement) noexcept {
  std::optional<Stage> slowest;  // kCancelled is the highest
  for (const Answer& answer : acknowledgement.answers)
    if (answer.status)
      slowest = std::min(slowest.value_or(Stage::kCancelled), answer.status->stage);
  return slowest ? to_string(*slowest) : kRefused;
}

bool is_final(const Acknowledgement& acknowledgement) noexcept {
  return std::all_of(acknowledgement.answers.begin(), acknowledgement.answers.end(),
                     [](const Answer& answer) {
                       return !answer.status || answer.status->stage >= Stage::kRemoved;
                     });
}

std::string to_json(const Acknowledgement& acknowledgement) {
  json::Array erasures;
  for (const Answer& answer : acknowledgement.answers) erasures.push_back(describe(answer));
  json::Value value;
  value.set("v", kVersion)
      .set("request_id", acknowledgement.request_id)
      .set("stage", stage_of(acknowledgement))
      .set("erasures", std::move(erasures));
  return value.dump();
}

std::optional<Acknowledgement> parse_acknowledgement(std::string_view json) {
  const Result<json::Value> parsed = json::parse(json);
  if (!parsed) return std::nullopt;
  const json::Value* version = parsed->find("v");
  const json::Value* erasures = parsed->find("erasures");
  const std::string* id = text_of(&*parsed, "request_id");
  if (version == nullptr || version->integer() != kVersion || id == nullptr ||
      erasures == nullptr || erasures->array() == nullptr)
    return std::nullopt;
  Acknowledgement read{*id, {}};
  for (const json::Value& one : *erasures->array()) {
    auto answer = parse_answer(one);
    if (!answer) return std::nullopt;
    read.answers.push_back(std::move(*answer));
  }
  return read;
}

}  // namespace lethe::worker::inbox
