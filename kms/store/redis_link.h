// SPDX-License-Identifier: Apache-2.0
//
// The connection to a cache that may fail at any time: opened when it is needed, and left alone for
// some seconds after trouble, so that a hanging server costs its callers one short wait, once, and
// not one for each batch. Trouble is reported when it begins and when it is over. Thread-safe: one
// call at a time; those that waited meanwhile see that it is left alone.

#ifndef LETHE_KMS_STORE_REDIS_LINK_H_
#define LETHE_KMS_STORE_REDIS_LINK_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/store/redis_connection.h"

namespace lethe::kms::store::redis {

class Link {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::chrono::milliseconds timeout{50};  // for one call, connecting included
    std::chrono::milliseconds rest{5000};   // after trouble
    // Told when the cache fails (false) and when it works again; no secret in the text.
    std::function<void(bool works, std::string_view what)> report{};
    std::function<Clock::time_point()> now = Clock::now;  // for the rest
  };

  Link(Target target, Options options) : target_(std::move(target)), options_(std::move(options)) {}

  // One reply for each command; nothing: there is trouble.
  std::optional<std::vector<Reply>> run(std::span<const Command> commands);

 private:
  Result<std::vector<Reply>> attempt(std::span<const Command> commands);
  Result<std::vector<Reply>> send(std::span<const Command> commands, Clock::time_point deadline);
  void note_trouble(const Error& error);
  void note_success();

  const Target target_;
  const Options options_;
  std::mutex mutex_;
  std::optional<Connection> connection_;
  std::optional<Clock::time_point> rests_until_;  // set: the latest call failed
};

}  // namespace lethe::kms::store::redis

#endif  // LETHE_KMS_STORE_REDIS_LINK_H_
