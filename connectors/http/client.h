// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP client for the few services a worker speaks to: identity provider, cloud KMSs,
// schema registry. It verifies TLS, follows no redirect (credentials would follow), bounds time and
// size of an answer, and may repeat what failed for a passing reason. Any status is an answer, not
// an error; what it means is the caller's to say. Messages name scheme, host and port of the
// server, never a path, header or body. One thread at a time; one connection is kept open.

#ifndef LETHE_CONNECTORS_HTTP_CLIENT_H_
#define LETHE_CONNECTORS_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lethe/result.h"

namespace lethe::connectors::http {

using Header = std::pair<std::string, std::string>;

struct Request {
  std::string method = "GET";
  std::string url;  // http or https, without credentials
  std::vector<Header> headers{};
  std::string body{};
  // May be sent twice without harm; GET, HEAD, PUT and DELETE always may.
  bool repeatable = false;
};

struct Response {
  int status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;
  // The first header of this (lower-case) name, or empty.
  std::string_view header(std::string_view name) const noexcept;
};

struct Retry {
  int attempts = 1;  // in all
  std::chrono::milliseconds first_pause{200};
  std::chrono::milliseconds longest_pause{5'000};
};

// Returns early when a stop is requested.
using Pause = std::function<void(std::chrono::milliseconds, const std::stop_token&)>;

struct ClientOptions {
  std::string ca_file{};  // PEM; empty: the system's authorities
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000};      // of one attempt, connection included
  std::size_t most_bytes = std::size_t{1} << 20;  // of a body
  Retry retry{};
  Pause pause{};  // between attempts; empty: sleeps
};

class Client {
 public:
  virtual ~Client() = default;

  // transient: no answer (unreachable, too slow, cut off, stopped) from any attempt. bad_config:
  // the URL, the CA file or the server's certificate; an answer above most_bytes. After the last
  // attempt an answer that was worth repeating (429, 502, 503, 504) is returned as it is.
  virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
};

// bad_config: the CA file cannot be read.
Result<std::unique_ptr<Client>> make_client(ClientOptions options);

// The text as one part of a URL or form: everything but letters, digits and -._~ in %XX.
std::string url_encoded(std::string_view text);

}  // namespace lethe::connectors::http

#endif  // LETHE_CONNECTORS_HTTP_CLIENT_H_
