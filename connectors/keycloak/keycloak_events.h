// SPDX-License-Identifier: Apache-2.0
//
// Deletions of users, read from the events that a Keycloak realm keeps: admin events (somebody
// deleted a user) and DELETE_ACCOUNT user events (users deleted themselves). Oldest first. An event
// may become visible later than one that is younger, so each poll looks back by an overlap and
// leaves out what was handled since this reader was made; after a restart the events of the overlap
// come again, with the same ids. A realm that forgets events sooner than we ask loses them: keep
// them longer than the longest outage. One thread.

#ifndef LETHE_CONNECTORS_KEYCLOAK_KEYCLOAK_EVENTS_H_
#define LETHE_CONNECTORS_KEYCLOAK_KEYCLOAK_EVENTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/http/client.h"
#include "lethe/result.h"

namespace lethe::connectors::keycloak {

struct Deletion {
  std::string event_id;  // the same whenever the event is read
  std::string user_id;
  std::int64_t at_ms = 0;  // since 1970
  friend bool operator==(const Deletion&, const Deletion&) = default;
};

// How far each of the two lists has been read: the time of its last event, 0 for none.
struct Position {
  std::int64_t admin_ms = 0;
  std::int64_t user_ms = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

struct Page {
  std::vector<Deletion> deletions;
  Position next;      // to be kept once the deletions are dealt with
  bool more = false;  // ask again at once
};

class EventReader {
 public:
  virtual ~EventReader() = default;
  // The deletions behind `position`. Asked again with the same position, as after a failure, it
  // yields them again. transient: Keycloak is away. bad_config: it refuses the client, or is none.
  virtual Result<Page> poll(const Position& position, const std::stop_token& stop) = 0;
  // The deletions of the last page are dealt with: they are left out from now on.
  virtual void handled() = 0;
};

struct EventsOptions {
  std::string url;  // "https://sso.example.org", without /admin
  std::string realm;
  std::string client_id;
  std::string client_secret;
  std::chrono::milliseconds overlap{300'000};
  std::size_t page = 100;  // events of one request
};

// For the life of a token.
using Clock = std::chrono::steady_clock::time_point (*)();

std::unique_ptr<EventReader> make_event_reader(EventsOptions options,
                                               std::unique_ptr<http::Client> client,
                                               Clock now = &std::chrono::steady_clock::now);

}  // namespace lethe::connectors::keycloak

#endif  // LETHE_CONNECTORS_KEYCLOAK_KEYCLOAK_EVENTS_H_
