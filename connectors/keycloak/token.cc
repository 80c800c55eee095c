// SPDX-License-Identifier: Apache-2.0

#include "connectors/keycloak/token.h"

#include <algorithm>
#include <utility>

#include "json/json.h"

namespace lethe::connectors::keycloak {
namespace {

// A token is renewed this long before it ends, or at half its life if that is shorter.
constexpr std::chrono::seconds kMargin{30};

http::Request ask_for(const Credentials& credentials) {
  http::Request request;
  request.method = "POST";
  request.url = credentials.token_url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body =
      "grant_type=client_credentials&client_id=" + http::url_encoded(credentials.client_id) +
      "&client_secret=" + http::url_encoded(credentials.client_secret);
  request.repeatable = true;
  return request;
}

Error refusal(int status) {
  if (status == 400 || status == 401 || status == 403)
    return bad_config("Keycloak does not accept the client (status " + std::to_string(status) +
                      "); correct client_id and client_secret, and switch on the client's service "
                      "account");
  if (status == 404) return bad_config("Keycloak has no such realm; correct url and realm");
  return transient("Keycloak gives no access token (status " + std::to_string(status) + ")");
}

}  // namespace

Token::Token(Credentials credentials, http::Client& client, Clock now)
    : credentials_(std::move(credentials)), client_(client), now_(std::move(now)) {}

Result<std::string> Token::get(const std::stop_token& stop) {
  if (token_.empty() || now_() >= renew_at_) LETHE_TRY(fetch(stop));
  return token_;
}

Result<void> Token::fetch(const std::stop_token& stop) {
  token_.clear();
  const auto asked = now_();
  const http::Response answer = LETHE_TRY(client_.send(ask_for(credentials_), stop));
  if (answer.status != 200) return refusal(answer.status);
  const Result<json::Value> body = json::parse(answer.body);
  const json::Value* token = body ? body->find("access_token") : nullptr;
  const json::Value* life = body ? body->find("expires_in") : nullptr;
  const std::string* text = token == nullptr ? nullptr : token->string();
  const auto seconds = life == nullptr ? std::nullopt : life->integer();
  if (text == nullptr || text->empty() || !seconds)
    return bad_config("the token endpoint answers with something else than a token; correct url");
  const std::chrono::seconds lasts(std::clamp<std::int64_t>(*seconds, 0, 86'400));
  renew_at_ = asked + lasts - std::min<std::chrono::seconds>(kMargin, lasts / 2);
  token_ = *text;
  return {};
}

}  // namespace lethe::connectors::keycloak
