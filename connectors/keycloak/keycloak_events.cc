// SPDX-License-Identifier: Apache-2.0

#include "connectors/keycloak/keycloak_events.h"

#include <iterator>
#include <utility>

#include "connectors/keycloak/event_list.h"
#include "connectors/keycloak/token.h"

namespace lethe::connectors::keycloak {
namespace {

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Error refusal(int status) {
  switch (status) {
    case 401:
      return bad_config("Keycloak does not accept its own token; check the realm's clock and url");
    case 403:
      return bad_config(
          "Keycloak does not let the client read events; give its service account the role "
          "view-events of realm-management");
    case 404:
      return bad_config("Keycloak has no such realm; correct url and realm");
    default:
      break;
  }
  const std::string message =
      "Keycloak does not list events (status " + std::to_string(status) + ")";
  return status >= 400 && status < 500 && status != 429 ? bad_config(message) : transient(message);
}

class KeycloakEvents final : public EventReader {
 public:
  KeycloakEvents(EventsOptions options, std::unique_ptr<http::Client> client, Clock now)
      : base_(without_slash(options.url)),
        realm_(http::url_encoded(options.realm)),
        client_(std::move(client)),
        token_({base_ + "/realms/" + realm_ + "/protocol/openid-connect/token", options.client_id,
                options.client_secret},
               *client_, now),
        admin_events_(EventList::admin_events(), options.overlap, options.page),
        user_events_(EventList::user_events(), options.overlap, options.page) {}

  Result<Page> poll(const Position& position, const std::stop_token& stop) override {
    const Fetch fetch = [&](const std::string& path) { return get(path, stop); };
    EventList::Part admin = LETHE_TRY(admin_events_.read(position.admin_ms, fetch));
    EventList::Part user = LETHE_TRY(user_events_.read(position.user_ms, fetch));
    Page page;
    page.deletions = std::move(admin.deletions);
    page.deletions.insert(page.deletions.end(), std::make_move_iterator(user.deletions.begin()),
                          std::make_move_iterator(user.deletions.end()));
    page.next = {admin.next_ms, user.next_ms};
    page.more = admin.more || user.more;
    return page;
  }

  void handled() override {
    admin_events_.handled();
    user_events_.handled();
  }

 private:
  Result<std::string> get(const std::string& path, const std::stop_token& stop) {
    for (bool again = false;; again = true) {
      http::Request request;
      request.url = base_ + "/admin/realms/" + realm_ + "/" + path;
      request.headers = {{"Authorization", "Bearer " + LETHE_TRY(token_.get(stop))}};
      http::Response answer = LETHE_TRY(client_->send(request, stop));
      if (answer.status == 200) return std::move(answer.body);
      if (answer.status == 401) token_.refused();  // ended early: a new session key, a restart
      if (answer.status != 401 || again) return refusal(answer.status);
    }
  }

  const std::string base_;
  const std::string realm_;
  const std::unique_ptr<http::Client> client_;
  Token token_;
  EventList admin_events_;
  EventList user_events_;
};

}  // namespace

std::unique_ptr<EventReader> make_event_reader(EventsOptions options,
                                               std::unique_ptr<http::Client> client, Clock now) {
  return std::make_unique<KeycloakEvents>(std::move(options), std::move(client), now);
}

}  // namespace lethe::connectors::keycloak
