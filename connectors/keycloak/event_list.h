// SPDX-License-Identifier: Apache-2.0
//
// One of the two lists of events of a realm, read page by page in order of time. Pages go by time
// and not by count, since a realm deletes old events while we read: a counted offset would then
// step over young ones. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KEYCLOAK_EVENT_LIST_H_
#define LETHE_CONNECTORS_KEYCLOAK_EVENT_LIST_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/keycloak/keycloak_events.h"
#include "json/json.h"

namespace lethe::connectors::keycloak {

// What follows /admin/realms/REALM/, to the body of the answer.
using Fetch = std::function<Result<std::string>(const std::string& path)>;

class EventList {
 public:
  struct Kind {
    std::string query;  // "events?type=DELETE_ACCOUNT"
    // The user whom the event deleted; nobody for another event; an error when it is unreadable.
    Result<std::optional<std::string>> (*deleted_user)(const json::Value& event);
  };
  static Kind admin_events();
  static Kind user_events();

  EventList(Kind kind, std::chrono::milliseconds overlap, std::size_t page)
      : kind_(std::move(kind)), overlap_ms_(overlap.count()), page_(page) {}

  struct Part {
    std::vector<Deletion> deletions;
    std::int64_t next_ms = 0;
    bool more = false;
  };
  Result<Part> read(std::int64_t position_ms, const Fetch& fetch);
  void handled();

 private:
  struct Events {
    std::vector<Deletion> deletions;
    std::size_t size = 0;  // of the page, other events included
    std::int64_t last_ms = 0;
  };
  Result<Events> read_page(std::int64_t from_ms, std::size_t first, const Fetch& fetch) const;
  Result<Events> take_apart(const json::Value& body) const;

  const Kind kind_;
  const std::int64_t overlap_ms_;
  const std::size_t page_;
  std::map<std::string, std::int64_t> handled_;  // event id, time
  std::vector<Deletion> answered_;               // of the last part
  std::optional<std::int64_t> going_on_at_;      // the last part was not the end
};

}  // namespace lethe::connectors::keycloak

#endif  // LETHE_CONNECTORS_KEYCLOAK_EVENT_LIST_H_
