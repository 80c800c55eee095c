// SPDX-License-Identifier: Apache-2.0
//
// A tiny HTTP server inside a test: a free port on loopback, one request per connection, each
// answered by the test's own function on the server's thread. It can hang and cut off. Ends with
// its scope.

#ifndef LETHE_TESTS_SUPPORT_HTTP_SERVER_H_
#define LETHE_TESTS_SUPPORT_HTTP_SERVER_H_

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lethe::testing {

struct HttpRequest {
  std::string method;
  std::string target;   // path and query
  std::string headers;  // as sent
  std::string body;
};

struct HttpReply {
  int status = 200;
  std::string body = "";
  std::string headers = "";  // whole lines, each with CRLF
  bool hang = false;         // no answer until the client gives up
  bool cut_off = false;      // the connection ends in the middle of the body
};

class HttpServer {
 public:
  using Answer = std::function<HttpReply(const HttpRequest&)>;

  explicit HttpServer(Answer answer);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<HttpRequest> received() const;

 private:
  void serve(std::stop_token stop);
  void serve_one(int connection, const std::stop_token& stop);

  const Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> received_;
  std::jthread thread_;
};

}  // namespace lethe::testing

#endif  // LETHE_TESTS_SUPPORT_HTTP_SERVER_H_
