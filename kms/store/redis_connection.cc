// SPDX-License-Identifier: Apache-2.0
#include "kms/store/redis_connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace lethe::kms::store::redis {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using Answer = std::unique_ptr<redisReply, FreeReply>;

Error refused(std::string_view words) {
  for (const std::string_view code : {"NOAUTH", "WRONGPASS", "NOPERM"})
    if (words.starts_with(code))
      return bad_config("it refuses the user or password of `kms.cache.redis`");
  if (words.starts_with("OOM")) return transient("it has no memory left");
  if (words.starts_with("READONLY")) return bad_config("it is a read-only replica");
  if (words.starts_with("LOADING")) return transient("it is still starting");
  return transient("it refuses a command");
}

Error nonsense() {
  return transient("what answers there is no Redis");
}

std::string_view text_of(const redisReply& reply) {
  return {reply.str, static_cast<std::size_t>(reply.len)};
}

// A value that is no list.
Result<std::optional<std::string>> value_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return std::optional<std::string>();
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return std::optional<std::string>(text_of(reply));
    case REDIS_REPLY_INTEGER:
      return std::optional<std::string>(std::to_string(reply.integer));
    case REDIS_REPLY_ERROR:
      return refused(text_of(reply));
    default:
      return nonsense();
  }
}

Result<Reply> reply_of(const redisReply& answer) {
  Reply reply;
  if (answer.type != REDIS_REPLY_ARRAY) {
    reply.push_back(LETHE_TRY(value_of(answer)));
    return reply;
  }
  for (std::size_t i = 0; i < answer.elements; ++i)
    reply.push_back(LETHE_TRY(value_of(*answer.element[i])));
  return reply;
}

// False: there is no memory for it.
bool append(const Command& command, std::string& bytes) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const std::string& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  char* formatted = nullptr;
  const long long size = redisFormatCommandArgv(&formatted, static_cast<int>(parts.size()),
                                                parts.data(), sizes.data());
  if (size < 0) return false;
  bytes.append(formatted, static_cast<std::size_t>(size));
  redisFreeCommand(formatted);
  return true;
}

}  // namespace

void Connection::Close::operator()(redisContext* context) const noexcept {
  redisFree(context);
}

Result<Connection> Connection::open(const Target& target, Clock::time_point deadline) {
  Connection connection(redisConnectNonBlock(target.host.c_str(), target.port));
  if (!connection.context_ || connection.context_->err != 0)
    return transient("it cannot be reached");
  LETHE_TRY(connection.finish_connecting(deadline));
  std::vector<Command> greeting;
  if (!target.password.empty()) {
    greeting.push_back({"AUTH"});
    if (!target.user.empty()) greeting.back().push_back(target.user);
    greeting.back().push_back(target.password);
  }
  if (target.database != 0) greeting.push_back({"SELECT", std::to_string(target.database)});
  greeting.push_back({"PING"});
  LETHE_TRY(connection.run(greeting, deadline));
  return connection;
}

Result<std::vector<Reply>> Connection::run(std::span<const Command> commands,
                                           Clock::time_point deadline) {
  std::string bytes;
  for (const Command& command : commands)
    if (!append(command, bytes)) return internal("a command could not be written");
  LETHE_TRY(send(bytes, deadline));
  std::vector<Reply> replies;
  while (replies.size() < commands.size()) replies.push_back(LETHE_TRY(next_reply(deadline)));
  return replies;
}

Result<void> Connection::wait(short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd watched{context_->fd, events, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready > 0) return {};
    if (ready == 0) return transient("it does not answer in time");
    if (errno != EINTR) return transient("the connection broke");
  }
}

Result<void> Connection::finish_connecting(Clock::time_point deadline) {
  LETHE_TRY(wait(POLLOUT, deadline));
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return transient("it cannot be reached");
  return {};
}

// While there is more to send, replies are taken in, too: a server whose own buffers are full would
// stop reading.
Result<void> Connection::send(std::string_view bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return transient("the connection broke");
    LETHE_TRY(wait(POLLIN | POLLOUT, deadline));
    LETHE_TRY(receive(deadline));
  }
  return {};
}

// Takes what is there.
Result<void> Connection::receive(Clock::time_point deadline) {
  std::array<char, 16384> buffer;
  const ssize_t size = ::recv(context_->fd, buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (size <= 0) return transient("the connection broke");
  if (Clock::now() > deadline) return transient("it does not answer in time");
  if (redisReaderFeed(context_->reader, buffer.data(), static_cast<std::size_t>(size)) != REDIS_OK)
    return nonsense();
  return {};
}

Result<Reply> Connection::next_reply(Clock::time_point deadline) {
  for (;;) {
    void* found = nullptr;
    if (redisReaderGetReply(context_->reader, &found) != REDIS_OK) return nonsense();
    if (const Answer answer(static_cast<redisReply*>(found)); answer) return reply_of(*answer);
    LETHE_TRY(wait(POLLIN, deadline));
    LETHE_TRY(receive(deadline));
  }
}

}  // namespace lethe::kms::store::redis
