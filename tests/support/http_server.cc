// SPDX-License-Identifier: Apache-2.0

#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace lethe::testing {
namespace {

constexpr int kLookMs = 20;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, kLookMs) == 1;
}

std::size_t length_of(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

std::optional<HttpRequest> receive(int connection, const std::stop_token& stop) {
  std::string all;
  while (!stop.stop_requested()) {
    const std::size_t end = all.find(kEndOfHead);
    if (end != std::string::npos) {
      const std::size_t body = end + kEndOfHead.size();
      const std::size_t first = all.find(' ');
      const std::size_t second = all.find(' ', first + 1);
      if (all.size() - body >= length_of(all.substr(0, end)))
        return HttpRequest{all.substr(0, first), all.substr(first + 1, second - first - 1),
                           all.substr(0, end), all.substr(body)};
    }
    if (!readable(connection)) continue;
    std::array<char, 4096> chunk{};
    const ssize_t n = ::recv(connection, chunk.data(), chunk.size(), 0);
    if (n <= 0) return std::nullopt;
    all.append(chunk.data(), static_cast<std::size_t>(n));
  }
  return std::nullopt;
}

void send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

HttpServer::HttpServer(Answer answer) : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("no port for a test server");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](std::stop_token stop) { serve(std::move(stop)); });
}

HttpServer::~HttpServer() {
  thread_.request_stop();
  thread_.join();
  ::close(listener_);
}

std::vector<HttpRequest> HttpServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void HttpServer::serve(std::stop_token stop) {
  while (!stop.stop_requested()) {
    if (!readable(listener_)) continue;
    const int connection = ::accept(listener_, nullptr, nullptr);
    serve_one(connection, stop);
    ::close(connection);
  }
}

void HttpServer::serve_one(int connection, const std::stop_token& stop) {
  auto request = receive(connection, stop);
  if (!request) return;
  const HttpReply reply = answer_(*request);
  {
    const std::lock_guard lock(mutex_);
    received_.push_back(std::move(*request));
  }
  if (reply.hang) {
    while (!stop.stop_requested() && !readable(connection)) continue;
    return;
  }
  const std::size_t promised = reply.body.size() + (reply.cut_off ? 10 : 0);
  send_all(connection, "HTTP/1.1 " + std::to_string(reply.status) +
                           " Whatever\r\nConnection: close\r\nContent-Length: " +
                           std::to_string(promised) + "\r\n" + reply.headers + "\r\n" + reply.body);
}

}  // namespace lethe::testing
