// SPDX-License-Identifier: Apache-2.0

#include "connectors/keycloak/event_list.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace lethe::connectors::keycloak {
namespace {

using User = std::optional<std::string>;

Error unreadable() {
  return bad_config("Keycloak answers with something else than a list of events; correct url");
}

const std::string* text_of(const json::Value& event, std::string_view name) {
  const json::Value* member = event.find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr || text->empty() ? nullptr : text;
}

// The filter also lets pass what somebody deleted *of* a user, such as a linked account
// (users/ID/federated-identity/...): that erases nobody.
Result<User> of_admin_event(const json::Value& event) {
  constexpr std::string_view kUsers = "users/";
  const std::string* path = text_of(event, "resourcePath");
  if (path == nullptr) return unreadable();
  if (!path->starts_with(kUsers)) return User();
  std::string id = path->substr(kUsers.size());
  if (id.empty() || id.find('/') != std::string::npos) return User();
  return User(std::move(id));
}

Result<User> of_user_event(const json::Value& event) {
  const std::string* type = text_of(event, "type");
  if (type == nullptr) return unreadable();
  const std::string* id = text_of(event, "userId");
  if (*type != "DELETE_ACCOUNT" || id == nullptr) return User();
  return User(*id);
}

}  // namespace

EventList::Kind EventList::admin_events() {
  return {"admin-events?resourceTypes=USER&operationTypes=DELETE", &of_admin_event};
}

EventList::Kind EventList::user_events() {
  return {"events?type=DELETE_ACCOUNT", &of_user_event};
}

Result<EventList::Part> EventList::read(std::int64_t position_ms, const Fetch& fetch) {
  // Within a long list there is nothing to look back for; its end is followed by a look back.
  std::int64_t from_ms = going_on_at_ == position_ms
                             ? position_ms
                             : std::max<std::int64_t>(0, position_ms - overlap_ms_);
  Part part;
  part.next_ms = position_ms;
  for (std::size_t first = 0;;) {
    Events events = LETHE_TRY(read_page(from_ms, first, fetch));
    part.next_ms = std::max(part.next_ms, events.last_ms);
    for (Deletion& one : events.deletions)
      if (!handled_.contains(one.event_id)) part.deletions.push_back(std::move(one));
    part.more = events.size >= page_;
    if (!part.more || !part.deletions.empty()) break;
    // Nothing new in a full page: behind it, by time, or by count where all of it has one time.
    first = events.last_ms > from_ms ? 0 : first + events.size;
    from_ms = std::max(from_ms, events.last_ms);
  }
  answered_ = part.deletions;
  going_on_at_ = part.more ? std::optional(part.next_ms) : std::nullopt;
  std::erase_if(handled_, [&](const auto& one) { return one.second < position_ms - overlap_ms_; });
  return part;
}

void EventList::handled() {
  for (Deletion& one : answered_) handled_.emplace(std::move(one.event_id), one.at_ms);
  answered_.clear();
}

Result<EventList::Events> EventList::read_page(std::int64_t from_ms, std::size_t first,
                                               const Fetch& fetch) const {
  const std::string body = LETHE_TRY(fetch(kind_.query + "&dateFrom=" + std::to_string(from_ms) +
                                           "&direction=asc&first=" + std::to_string(first) +
                                           "&max=" + std::to_string(page_)));
  const Result<json::Value> parsed = json::parse(body);
  if (!parsed) return unreadable();
  return take_apart(*parsed);
}

Result<EventList::Events> EventList::take_apart(const json::Value& body) const {
  const json::Array* events = body.array();
  if (events == nullptr) return unreadable();
  Events read;
  read.size = events->size();
  bool ascending = true;
  for (const json::Value& event : *events) {
    const json::Value* time = event.find("time");
    const auto at_ms = time == nullptr ? std::nullopt : time->integer();
    if (!at_ms || *at_ms < 0) return unreadable();
    ascending = ascending && *at_ms >= read.last_ms;
    read.last_ms = std::max(read.last_ms, *at_ms);
    User user = LETHE_TRY(kind_.deleted_user(event));
    if (!user) continue;
    // Before user events had ids, user and time told them apart as well.
    const std::string* id = text_of(event, "id");
    std::string event_id = id != nullptr ? *id : *user + "-" + std::to_string(*at_ms);
    read.deletions.push_back({std::move(event_id), std::move(*user), *at_ms});
  }
  if (!ascending && read.size >= page_)
    return bad_config(
        "this Keycloak does not list events oldest first (direction=asc), so that some could be "
        "missed; use a version that does, such as 26.7");
  std::stable_sort(read.deletions.begin(), read.deletions.end(),
                   [](const Deletion& a, const Deletion& b) { return a.at_ms < b.at_ms; });
  return read;
}

}  // namespace lethe::connectors::keycloak
