// SPDX-License-Identifier: Apache-2.0
//
// The door to hiredis: one connection to a Redis server. Commands are sent together and answered
// together, by a deadline that holds for all of them, however slowly the server sends. hiredis
// writes and reads the protocol only; the socket is ours, so that no signal and no wait escapes.
// After a failure the connection is out of step: its owner drops it. One thread at a time.

#ifndef LETHE_KMS_STORE_REDIS_CONNECTION_H_
#define LETHE_KMS_STORE_REDIS_CONNECTION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kms/store/redis_target.h"
#include "lethe/result.h"

struct redisContext;

namespace lethe::kms::store::redis {

using Command = std::vector<std::string>;
// The members of a list, or the one value; nothing stands for nil.
using Reply = std::vector<std::optional<std::string>>;

class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // Connects, signs in and chooses the database. The host's name is resolved by the system, which
  // knows no deadline. bad_config: user, password or database is refused; else transient. The
  // server's own words are never passed on.
  static Result<Connection> open(const Target& target, Clock::time_point deadline);
  // One reply for each command. A refused command fails all.
  Result<std::vector<Reply>> run(std::span<const Command> commands, Clock::time_point deadline);

 private:
  struct Close {
    void operator()(redisContext* context) const noexcept;
  };
  explicit Connection(redisContext* context) : context_(context) {}
  Result<void> wait(short events, Clock::time_point deadline);
  Result<void> finish_connecting(Clock::time_point deadline);
  Result<void> send(std::string_view bytes, Clock::time_point deadline);
  Result<void> receive(Clock::time_point deadline);
  Result<Reply> next_reply(Clock::time_point deadline);

  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace lethe::kms::store::redis

#endif  // LETHE_KMS_STORE_REDIS_CONNECTION_H_
