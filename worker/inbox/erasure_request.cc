// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/erasure_request.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "json/json.h"
#include "kms/journal/time_text.h"

namespace lethe::worker::inbox {
namespace {

using Parameters = config::NameTemplate::Parameters;

constexpr std::size_t kLongestId = 60;  // leaves room for "-100" in an erasure id
constexpr std::size_t kMostSubjects = 100;
constexpr std::size_t kLongestActor = 128;
constexpr std::int64_t kLongestUndoSeconds = 366LL * 24 * 3600;
constexpr std::string_view kIdCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

constexpr std::array<std::string_view, 10> kMembers = {
    "id",     "subject", "subjects", "parameters", "actor",
    "policy", "unseen",  "propose",  "execute_at", "undo_window_s"};

Error wrong(std::string_view member, std::string_view wanted) {
  return bad_record("'" + std::string(member) + "' must be " + std::string(wanted));
}

const std::string* text_of(const json::Value& value) {
  const std::string* text = value.string();
  return text == nullptr || text->empty() ? nullptr : text;
}

Result<std::string> read_id(const json::Value& request) {
  const json::Value* member = request.find("id");
  const std::string* id = member == nullptr ? nullptr : text_of(*member);
  if (id == nullptr || id->size() > kLongestId ||
      id->find_first_not_of(kIdCharacters) != std::string::npos)
    return wrong("id", "1 to 60 letters, digits, '_' and '-'");
  return *id;
}

Result<std::vector<std::string>> read_list(const json::Value& subjects) {
  const json::Array* list = subjects.array();
  std::vector<std::string> names;
  if (list != nullptr)
    for (const json::Value& one : *list)
      if (const std::string* name = text_of(one)) names.push_back(*name);
  if (list == nullptr || names.empty() || names.size() != list->size() ||
      names.size() > kMostSubjects)
    return wrong("subjects", "a list of 1 to 100 texts that are not empty");
  return names;
}

Result<Parameters> read_parameters(const json::Value& value) {
  Parameters parameters;
  const json::Object* members = value.object();
  if (members == nullptr || members->empty())
    return wrong("parameters", "an object with at least one member");
  for (const json::Member& member : *members) {
    const std::string* text = text_of(member.value);
    if (const auto number = member.value.integer(); number && text == nullptr)
      parameters.emplace(member.name, std::to_string(*number));
    else if (text != nullptr)
      parameters.emplace(member.name, *text);
    else
      return wrong("parameters", "an object of texts that are not empty, or whole numbers");
  }
  return parameters;
}

Result<std::vector<std::string>> render_parameters(const json::Value& value,
                                                   const RequestContext& context) {
  if (context.subjects.empty())
    return bad_record("'parameters' cannot be used: the worker's 'erasure' has no 'subjects'");
  const Parameters parameters = LETHE_TRY(read_parameters(value));
  std::set<std::string, std::less<>> wanted;
  for (const config::NameTemplate& one : context.subjects)
    wanted.insert(one.parameters().begin(), one.parameters().end());
  const bool all_known = std::all_of(parameters.begin(), parameters.end(),
                                     [&](const auto& one) { return wanted.contains(one.first); });
  auto names = render_all(context.subjects, parameters);
  if (!names || !all_known)
    return bad_record("'parameters' must be those of the worker's 'erasure.subjects', all of them");
  return std::move(*names);
}

Result<std::vector<std::string>> read_names(const json::Value& request,
                                            const RequestContext& context) {
  const json::Value* subject = request.find("subject");
  const json::Value* subjects = request.find("subjects");
  const json::Value* parameters = request.find("parameters");
  const int ways = (subject != nullptr) + (subjects != nullptr) + (parameters != nullptr);
  if (ways != 1)
    return bad_record("one of 'subject', 'subjects' and 'parameters' must say who is meant");
  if (parameters != nullptr) return render_parameters(*parameters, context);
  std::vector<std::string> names;
  if (subject == nullptr) {
    names = LETHE_TRY(read_list(*subjects));
  } else {
    const std::string* name = text_of(*subject);
    if (name == nullptr) return wrong("subject", "a text that is not empty");
    names.push_back(*name);
  }
  if (std::set(names.begin(), names.end()).size() != names.size())
    return bad_record("'subjects' names somebody twice");
  return names;
}

Result<std::string> read_actor(const json::Value& request, const RequestContext& context) {
  const json::Value* member = request.find("actor");
  if (member == nullptr) return context.actor;
  const std::string* actor = text_of(*member);
  const bool printable =
      actor != nullptr && actor->size() <= kLongestActor &&
      std::all_of(actor->begin(), actor->end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!printable) return wrong("actor", "1 to 128 printable ASCII characters without blanks");
  return context.actor + "/" + *actor;
}

Result<std::optional<kms::ErasedPolicy>> read_policy(const json::Value& request) {
  using Policy = kms::ErasedPolicy;
  constexpr std::array<std::pair<std::string_view, Policy>, 3> kPolicies = {
      {{"block", Policy::kBlock}, {"recreate", Policy::kRecreate}, {"drop", Policy::kDrop}}};
  const json::Value* member = request.find("policy");
  if (member == nullptr) return std::optional<Policy>();
  const std::string* text = member->string();
  for (const auto& [name, policy] : kPolicies)
    if (text != nullptr && *text == name) return std::optional(policy);
  return wrong("policy", "block, recreate or drop");
}

Result<bool> read_flag(const json::Value& request, std::string_view name) {
  const json::Value* member = request.find(name);
  if (member == nullptr) return false;
  const auto flag = member->boolean();
  if (!flag) return wrong(name, "true or false");
  return *flag;
}

// The form of the journal, or the same without the fraction.
std::optional<kms::erasure::Time> parse_time(std::string text) {
  constexpr std::string_view kWithoutFraction = "2026-12-01T00:00:00Z";
  if (text.size() == kWithoutFraction.size() && text.back() == 'Z')
    text.replace(text.size() - 1, 1, ".000Z");
  return kms::journal::to_time(text);
}

Result<std::optional<kms::erasure::Time>> read_time(const json::Value& request) {
  const json::Value* member = request.find("execute_at");
  if (member == nullptr) return std::optional<kms::erasure::Time>();
  const std::string* text = member->string();
  const auto time = text == nullptr ? std::nullopt : parse_time(*text);
  if (!time) return wrong("execute_at", "a time in UTC such as 2026-12-01T00:00:00Z");
  return time;
}

Result<std::chrono::milliseconds> read_undo_window(const json::Value& request,
                                                   const RequestContext& context) {
  const json::Value* member = request.find("undo_window_s");
  if (member == nullptr) return context.undo_window;
  const auto seconds = member->integer();
  if (!seconds || *seconds < 0 || *seconds > kLongestUndoSeconds)
    return wrong("undo_window_s", "a whole number of seconds, at most a year");
  return std::chrono::milliseconds(*seconds * 1000);
}

}  // namespace

std::string erasure_id(const std::string& request_id, std::size_t n) {
  return request_id + "-" + std::to_string(n);
}

std::optional<std::vector<std::string>> render_all(
    const std::vector<config::NameTemplate>& templates, const Parameters& parameters) {
  std::vector<std::string> names;
  for (const config::NameTemplate& one : templates) {
    auto name = one.render(parameters);
    if (!name) return std::nullopt;
    if (std::find(names.begin(), names.end(), *name) == names.end())
      names.push_back(std::move(*name));
  }
  return names;
}

Result<ErasureRequest> parse_request(std::string_view json, const RequestContext& context) {
  const Result<json::Value> parsed = json::parse(json);
  const json::Object* members = parsed ? parsed->object() : nullptr;
  if (members == nullptr) return bad_record("the request is not a JSON object");
  for (const json::Member& member : *members)
    if (std::find(kMembers.begin(), kMembers.end(), member.name) == kMembers.end())
      return bad_record("the request has a member that requests do not have");
  ErasureRequest request;
  request.id = LETHE_TRY(read_id(*parsed));
  request.names = LETHE_TRY(read_names(*parsed, context));
  request.actor = LETHE_TRY(read_actor(*parsed, context));
  request.policy = LETHE_TRY(read_policy(*parsed));
  request.unseen = LETHE_TRY(read_flag(*parsed, "unseen"));
  request.propose = LETHE_TRY(read_flag(*parsed, "propose"));
  request.execute_at = LETHE_TRY(read_time(*parsed));
  request.undo_window = LETHE_TRY(read_undo_window(*parsed, context));
  return request;
}

}  // namespace lethe::worker::inbox
