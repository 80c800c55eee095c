// SPDX-License-Identifier: Apache-2.0
#include "kms/store/redis_link.h"

namespace lethe::kms::store::redis {

std::optional<std::vector<Reply>> Link::run(std::span<const Command> commands) {
  const std::lock_guard lock(mutex_);
  if (rests_until_ && options_.now() < *rests_until_) return std::nullopt;
  auto replies = attempt(commands);
  if (!replies) {
    note_trouble(replies.error());
    return std::nullopt;
  }
  note_success();
  return std::move(replies).value();
}

// A server closes connections that were idle for long: a failure on an old one says little.
Result<std::vector<Reply>> Link::attempt(std::span<const Command> commands) {
  const Clock::time_point deadline = Clock::now() + options_.timeout;
  if (connection_) {
    auto replies = connection_->run(commands, deadline);
    if (replies || Clock::now() >= deadline) return replies;
    connection_.reset();
  }
  return send(commands, deadline);
}

Result<std::vector<Reply>> Link::send(std::span<const Command> commands,
                                      Clock::time_point deadline) {
  connection_ = LETHE_TRY(Connection::open(target_, deadline));
  return connection_->run(commands, deadline);
}

void Link::note_trouble(const Error& error) {
  const bool is_news = !rests_until_;
  connection_.reset();
  rests_until_ = options_.now() + options_.rest;
  if (is_news && options_.report)
    options_.report(false, "The " + target_.name() + " is left alone for a while: " +
                               error.message() + ". Keys are read from the store meanwhile");
}

void Link::note_success() {
  if (!rests_until_) return;
  rests_until_.reset();
  if (options_.report) options_.report(true, "The " + target_.name() + " works again");
}

}  // namespace lethe::kms::store::redis
