// SPDX-License-Identifier: Apache-2.0
//
// The access token of a service account (client_credentials): fetched when it is first needed,
// renewed before it expires and when the server refuses it. It exists in memory only and in no
// message. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KEYCLOAK_TOKEN_H_
#define LETHE_CONNECTORS_KEYCLOAK_TOKEN_H_

#include <chrono>
#include <stop_token>
#include <string>

#include "connectors/http/client.h"
#include "connectors/keycloak/keycloak_events.h"

namespace lethe::connectors::keycloak {

struct Credentials {
  std::string token_url;
  std::string client_id;
  std::string client_secret;
};

class Token {
 public:
  // The client outlives it.
  Token(Credentials credentials, http::Client& client, Clock now);

  // bad_config: the server does not know the client or its secret.
  Result<std::string> get(const std::stop_token& stop);
  // The server did not accept it: the next get() fetches another one.
  void refused() { token_.clear(); }

 private:
  Result<void> fetch(const std::stop_token& stop);

  const Credentials credentials_;
  http::Client& client_;
  const Clock now_;
  std::string token_;
  std::chrono::steady_clock::time_point renew_at_{};
};

}  // namespace lethe::connectors::keycloak

#endif  // LETHE_CONNECTORS_KEYCLOAK_TOKEN_H_
