// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_link.h"

#include <span>
#include <utility>

namespace lethe::kms::store::postgres {

Result<void> Link::connect(Clock::time_point called) {
  if (failure_ && called < failed_at_) return *failure_;
  const auto open = [&]() -> Result<Connection> {
    Connection connection = LETHE_TRY(Connection::open(target_));
    if (on_connect_) LETHE_TRY(on_connect_(connection));
    return connection;
  };
  Result<Connection> opened = open();
  if (!opened) {
    failure_ = opened.error();
    failed_at_ = Clock::now();
    return std::move(opened).error();
  }
  failure_.reset();
  connection_ = std::move(opened).value();
  backend_ = connection_->backend();
  return {};
}

Result<std::vector<Rows>> Link::run(std::initializer_list<Step> steps) {
  return with([&](Connection& connection) {
    return connection.run(std::span(steps.begin(), steps.size()));
  });
}

Result<Rows> Link::run(const Statement& statement, Parameters parameters) {
  std::vector<Rows> rows = LETHE_TRY(run({{statement, std::move(parameters)}}));
  return std::move(rows.front());
}

}  // namespace lethe::kms::store::postgres
