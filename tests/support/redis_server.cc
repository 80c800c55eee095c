// SPDX-License-Identifier: Apache-2.0

#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace lethe::testing {
namespace {

const std::string kScript = LETHE_SOURCE_DIR "/tests/support/redis/redis.sh";
constexpr int kMissing = 77;

bool is_free(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return bound;
}

// Below the range that the kernel gives to outgoing connections.
int free_port() {
  static std::atomic<int> next{21000 + static_cast<int>(::getpid() % 4000)};
  for (int tried = 0; tried < 2000; ++tried)
    if (const int port = next++; is_free(port)) return port;
  throw std::runtime_error("no free port for Redis");
}

std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str == nullptr ? std::string() : std::string(reply.str, std::size_t(reply.len));
}

}  // namespace

RedisServer::~RedisServer() {
  run("wipe");
}

std::unique_ptr<RedisServer> RedisServer::start(std::string& why_not, const std::string& password) {
  std::unique_ptr<RedisServer> server(new RedisServer());
  server->port_ = free_port();
  const std::string secret = password.empty() ? "" : " -a " + password;
  const int status = server->run("-p " + std::to_string(server->port_) + secret + " start");
  if (status == kMissing) {
    why_not = "redis-server is not installed";
    return nullptr;
  }
  if (status != 0) throw std::runtime_error("Redis did not start");
  server->url_ = "redis://" + (password.empty() ? "" : ":" + password + "@") +
                 "127.0.0.1:" + std::to_string(server->port_);
  return server;
}

int RedisServer::run(const std::string& command) const {
  const std::string line = kScript + " -w " + dir_.path("node") + " " + command + " >&2";
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void RedisServer::must(const std::string& command) const {
  if (run(command) != 0) throw std::runtime_error("failed: redis.sh " + command);
}

void RedisServer::crash() {
  must("kill");
}

void RedisServer::restart() {
  must("start");
}

void RedisServer::pause() {
  must("pause");
}

void RedisServer::resume() {
  must("resume");
}

std::string RedisServer::snapshot() const {
  redis_command(url_, {"CONFIG", "SET", "rdbcompression", "no"});
  redis_command(url_, {"SAVE"});
  return TempDir::read(dir_.path("node/dump.rdb"));
}

const std::string& shared_redis(std::string& why_not) {
  static std::unique_ptr<RedisServer> own;
  static const std::string address = [&] {
    std::string left = TempDir::read(LETHE_BINARY_DIR "/redis-for-tests/address");
    while (!left.empty() && left.back() == '\n') left.pop_back();
    if (left.empty() && (own = RedisServer::start(why_not)) != nullptr) left = own->url();
    return left;
  }();
  return address;
}

std::vector<std::string> redis_command(const std::string& url,
                                       const std::vector<std::string>& command) {
  const std::size_t colon = url.rfind(':');
  const std::string host = url.substr(url.rfind('/', colon) + 1, colon - url.rfind('/', colon) - 1);
  const std::unique_ptr<redisContext, decltype(&redisFree)> context(
      redisConnect(host.c_str(), std::stoi(url.substr(colon + 1))), redisFree);
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const std::string& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply(
      static_cast<redisReply*>(redisCommandArgv(context.get(), static_cast<int>(parts.size()),
                                                parts.data(), sizes.data())),
      freeReplyObject);
  if (!reply) throw std::runtime_error(context->errstr);
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(reply->str);
  if (reply->type != REDIS_REPLY_ARRAY) return {text_of(*reply)};
  std::vector<std::string> list;
  for (std::size_t i = 0; i < reply->elements; ++i) list.push_back(text_of(*reply->element[i]));
  return list;
}

}  // namespace lethe::testing
