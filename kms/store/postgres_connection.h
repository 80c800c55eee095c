// SPDX-License-Identifier: Apache-2.0
//
// The door to libpq: one connection to the primary of a PostgreSQL store. Steps are sent together
// and form one transaction in one round trip: no lock of ours outlives a pause of this process.
// Nothing waits longer than the target allows, so that a hanging server is `transient`, like one
// that is away. A connection that broke stays broken; its owner opens another. One thread at a
// time.

#ifndef LETHE_KMS_STORE_POSTGRES_CONNECTION_H_
#define LETHE_KMS_STORE_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/store/postgres_target.h"
#include "kms/store/postgres_values.h"
#include "lethe/result.h"

namespace lethe::kms::store::postgres {

// Prepared on first use; all literals.
struct Statement {
  const char* name;
  const char* sql;
  std::string_view attempted;  // for messages: "look up keys"
};

struct Step {
  const Statement& statement;
  Parameters parameters{};
};

class Connection {
 public:
  // target must outlive the connection.
  static Result<Connection> open(const Target& target);

  // The rows of each step. All or none of them take effect, and each sees what was committed before
  // it began. After a lost connection nobody knows which.
  Result<std::vector<Rows>> run(std::span<const Step> steps);
  // Statements without parameters, separated by semicolons, outside the steps' transactions.
  Result<void> script(const char* sql, std::string_view attempted);

  // Waits for notifications, and takes all that are there. True: another backend than `own` sent
  // one.
  Result<bool> wait_for_news(std::chrono::steady_clock::time_point deadline, int own);

  bool is_broken() const { return broken_ || PQstatus(connection_.get()) != CONNECTION_OK; }
  int backend() const { return PQbackendPID(connection_.get()); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  explicit Connection(const Target& target) : target_(&target) {}

  Result<void> connect(const Target::Parameters& host);
  Result<void> set_up();
  Result<void> wait(short events, Time deadline, std::string_view attempted);
  bool send(const Step& step, std::vector<const Statement*>& sent);
  Result<void> flush(Time deadline, std::string_view attempted);
  Result<Rows> next(Time deadline, std::string_view attempted);
  Result<std::vector<Rows>> collect(const std::vector<const Statement*>& sent, Time deadline);
  Error refused(const Rows& rows, std::string_view attempted);
  Error lost(std::string_view attempted, std::string_view reason);
  Time deadline() const { return std::chrono::steady_clock::now() + target_->answer_timeout; }

  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  const Target* target_;
  std::unique_ptr<PGconn, Finish> connection_;
  std::set<std::string_view> prepared_;
  bool broken_ = false;
};

}  // namespace lethe::kms::store::postgres

#endif  // LETHE_KMS_STORE_POSTGRES_CONNECTION_H_
