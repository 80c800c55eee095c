// SPDX-License-Identifier: Apache-2.0
//
// A connection that is opened when it is needed and again after it broke. The call that meets a
// broken connection fails as transient; the next one connects. Thread-safe: one call at a time;
// those that waited while connecting failed share that failure instead of waiting once more.

#ifndef LETHE_KMS_STORE_POSTGRES_LINK_H_
#define LETHE_KMS_STORE_POSTGRES_LINK_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "kms/store/postgres_connection.h"
#include "lethe/result.h"

namespace lethe::kms::store::postgres {

class Link {
 public:
  // on_connect is called with each new connection.
  using OnConnect = std::function<Result<void>(Connection&)>;
  explicit Link(const Target& target, OnConnect on_connect = {})
      : target_(target), on_connect_(std::move(on_connect)) {}

  // As Connection::run.
  Result<std::vector<Rows>> run(std::initializer_list<Step> steps);
  Result<Rows> run(const Statement& statement, Parameters parameters = {});
  // Calls use(connection) with a connection that is not known to be broken.
  template <class Use>
  auto with(Use use) -> decltype(use(std::declval<Connection&>()));

  // Number of the server's process at the other end, 0 without one.
  int backend() const { return backend_.load(); }

 private:
  using Clock = std::chrono::steady_clock;
  Result<void> connect(Clock::time_point called);

  const Target& target_;
  const OnConnect on_connect_;
  std::mutex mutex_;
  std::optional<Connection> connection_;
  std::optional<Error> failure_;  // of the last attempt to connect
  Clock::time_point failed_at_{};
  std::atomic<int> backend_{0};
};

template <class Use>
auto Link::with(Use use) -> decltype(use(std::declval<Connection&>())) {
  const Clock::time_point called = Clock::now();
  const std::lock_guard lock(mutex_);
  if (!connection_) LETHE_TRY(connect(called));
  auto result = use(*connection_);
  if (connection_->is_broken()) connection_.reset();
  return result;
}

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_LINK_H_
