// SPDX-License-Identifier: Apache-2.0
//
// The Client behind make_client(), on one easy handle of libcurl, which keeps its connection. Names
// no type of the library: that stays in the source. For this folder only; one thread at a time.

#ifndef LETHE_CONNECTORS_HTTP_CURL_CLIENT_H_
#define LETHE_CONNECTORS_HTTP_CURL_CLIENT_H_

#include <memory>
#include <string>

#include "connectors/http/client.h"

namespace lethe::connectors::http {

class CurlClient final : public Client {
 public:
  static Result<std::unique_ptr<Client>> make(ClientOptions options);
  ~CurlClient() override;

  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  struct Session;  // the handle and what it is filling

  CurlClient(ClientOptions options, std::unique_ptr<Session> session);
  Result<Response> attempt(const Request& request, const std::string& server,
                           const std::stop_token& stop);

  const ClientOptions options_;
  std::unique_ptr<Session> session_;
};

}  // namespace lethe::connectors::http

#endif  // LETHE_CONNECTORS_HTTP_CURL_CLIENT_H_
