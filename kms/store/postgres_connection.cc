// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "kms/store/postgres_errors.h"

namespace lethe::kms::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kConnect = "connect";
constexpr std::string_view kSilence = "the server did not answer in time";
constexpr std::string_view kLost = "the connection was lost";
constexpr int kBinary = 1;
constexpr int kOldestServer = 130000;

// A key row is durable when the call that wrote it returns, whatever the server's default is.
// Limits on the server's side, too: it must not go on where we have given up, nor wait for a client
// that was paused. Every statement finds its rows by an index; a table that was empty when a plan
// was made will not stay so, and compiled plans are for other queries than ours.
std::string session_settings(milliseconds limit) {
  const std::string time = std::to_string(limit.count());
  return "select set_config('synchronous_commit', 'on', false)"
         " where current_setting('synchronous_commit') in ('off', 'local');"
         "set statement_timeout = " +
         time + "; set idle_in_transaction_session_timeout = " + time +
         "; set client_min_messages = error; set search_path = pg_catalog;"
         "set default_transaction_isolation = 'read committed'; set jit = off;"
         "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;"
         "set plan_cache_mode = force_generic_plan";
}

}  // namespace

Result<Connection> Connection::open(const Target& target) {
  std::optional<Error> error;
  for (const Target::Parameters& host : target.hosts) {
    Connection connection(target);
    Result<void> connected = connection.connect(host);
    if (connected) connected = connection.set_up();
    if (connected) return connection;
    // If one host may come back, so may the store.
    if (!error || connected.error().kind() == ErrorKind::kTransient)
      error = std::move(connected).error();
  }
  return std::move(*error);
}

Result<void> Connection::connect(const Target::Parameters& host) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : host) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  const Time deadline = steady_clock::now() + target_->connect_timeout;
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  if (connection_ == nullptr) return internal("libpq is out of memory");
  // A refusal consists of its code alone, in every language.
  PQsetErrorVerbosity(connection_.get(), PQERRORS_SQLSTATE);
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (PQstatus(connection_.get()) != CONNECTION_BAD && status != PGRES_POLLING_OK) {
    LETHE_TRY(wait(status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline, kConnect));
    status = PQconnectPoll(connection_.get());
    if (status == PGRES_POLLING_FAILED) break;
  }
  if (status == PGRES_POLLING_OK && PQsetnonblocking(connection_.get(), 1) == 0) return {};
  const std::string_view code = PQconnectionNeedsPassword(connection_.get()) == 1
                                    ? "28P01"
                                    : sqlstate_in(PQerrorMessage(connection_.get()));
  if (!code.empty()) return to_error(code, kConnect, target_->name);
  return away(kConnect, target_->name, "there is no primary server that can be reached");
}

Result<void> Connection::set_up() {
  if (PQserverVersion(connection_.get()) < kOldestServer)
    return bad_config("The " + target_->name + " needs PostgreSQL 13 or newer");
  return script(session_settings(target_->answer_timeout).c_str(), "set up the connection");
}

Result<void> Connection::wait(short events, Time deadline, std::string_view attempted) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    pollfd ready{PQsocket(connection_.get()), events, 0};
    const int count = left <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(left));
    if (count > 0) return {};
    if (count == 0) return lost(attempted, kSilence);
    if (errno != EINTR) return lost(attempted, kLost);
  }
}

Error Connection::lost(std::string_view attempted, std::string_view reason) {
  broken_ = true;
  return away(attempted, target_->name, reason);
}

Error Connection::refused(const Rows& rows, std::string_view attempted) {
  const std::string_view code = rows.sqlstate();
  if (code.empty()) return lost(attempted, kLost);
  if (calls_for_a_new_connection(code)) broken_ = true;
  return to_error(code, attempted, target_->name);
}

Result<std::vector<Rows>> Connection::run(std::span<const Step> steps) {
  const Time limit = deadline();
  std::vector<const Statement*> sent;
  bool good = PQenterPipelineMode(connection_.get()) == 1;
  for (const Step& step : steps) good = good && send(step, sent);
  if (!good || PQpipelineSync(connection_.get()) != 1)
    return lost(steps.front().statement.attempted, kLost);
  LETHE_TRY(flush(limit, steps.front().statement.attempted));
  Result<std::vector<Rows>> answers = collect(sent, limit);
  if (PQexitPipelineMode(connection_.get()) != 1) broken_ = true;
  return answers;
}

// Nulls in `sent` stand for the answer to a preparation.
bool Connection::send(const Step& step, std::vector<const Statement*>& sent) {
  const Statement& statement = step.statement;
  const auto& values = step.parameters.values();
  if (!prepared_.contains(statement.name)) {
    if (PQsendPrepare(connection_.get(), statement.name, statement.sql, 0, nullptr) != 1)
      return false;
    prepared_.insert(statement.name);
    sent.push_back(nullptr);
  }
  std::vector<const char*> pointers;
  std::vector<int> lengths;
  for (const std::string& value : values) {
    pointers.push_back(value.data());
    lengths.push_back(static_cast<int>(value.size()));
  }
  const std::vector<int> formats(values.size(), kBinary);
  sent.push_back(&statement);
  return PQsendQueryPrepared(connection_.get(), statement.name, static_cast<int>(values.size()),
                             pointers.data(), lengths.data(), formats.data(), kBinary) == 1;
}

// Reads while it writes: the server stops reading when nobody takes its answers.
Result<void> Connection::flush(Time deadline, std::string_view attempted) {
  for (;;) {
    const int pending = PQflush(connection_.get());
    if (pending == 0) return {};
    if (pending < 0) return lost(attempted, kLost);
    LETHE_TRY(wait(POLLIN | POLLOUT, deadline, attempted));
    if (PQconsumeInput(connection_.get()) != 1) return lost(attempted, kLost);
  }
}

// The next result; one without status is the end of a command's.
Result<Rows> Connection::next(Time deadline, std::string_view attempted) {
  while (PQisBusy(connection_.get()) == 1) {
    LETHE_TRY(wait(POLLIN, deadline, attempted));
    if (PQconsumeInput(connection_.get()) != 1) return lost(attempted, kLost);
  }
  return Rows(PQgetResult(connection_.get()));
}

Result<std::vector<Rows>> Connection::collect(const std::vector<const Statement*>& sent,
                                              Time deadline) {
  std::vector<Rows> answers;
  std::optional<Error> error;
  std::size_t at = 0;
  std::string_view attempted = sent.back()->attempted;
  for (;;) {
    Rows rows = LETHE_TRY(next(deadline, attempted));
    const ExecStatusType status = rows.status();
    if (status == PGRES_PIPELINE_SYNC) break;
    if (PQstatus(connection_.get()) != CONNECTION_OK) return lost(attempted, kLost);
    if (rows.empty()) {
      ++at;
      continue;
    }
    const Statement* statement = at < sent.size() ? sent[at] : nullptr;
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good && !error && status != PGRES_PIPELINE_ABORTED) {
      const Statement* culprit = statement != nullptr   ? statement
                                 : at + 1 < sent.size() ? sent[at + 1]
                                                        : sent.back();
      error = refused(rows, culprit->attempted);
    }
    // What was prepared behind a failure was not; nothing is known of what is prepared here.
    if (!good && statement == nullptr) broken_ = true;
    if (good && statement != nullptr) answers.push_back(std::move(rows));
  }
  if (error) return std::move(*error);
  return answers;
}

Result<void> Connection::script(const char* sql, std::string_view attempted) {
  const Time limit = deadline();
  if (PQsendQuery(connection_.get(), sql) != 1) return lost(attempted, kLost);
  LETHE_TRY(flush(limit, attempted));
  std::optional<Error> error;
  for (;;) {
    const Rows rows = LETHE_TRY(next(limit, attempted));
    if (rows.empty()) break;
    if (rows.status() == PGRES_FATAL_ERROR && !error) error = refused(rows, attempted);
  }
  if (error) return std::move(*error);
  return {};
}

Result<bool> Connection::wait_for_news(Time deadline, int own) {
  constexpr std::string_view kAttempted = "listen for changes";
  for (;;) {
    if (PQconsumeInput(connection_.get()) != 1) return lost(kAttempted, kLost);
    bool taken = false;
    bool foreign = false;
    while (PGnotify* news = PQnotifies(connection_.get())) {
      taken = true;
      foreign = foreign || news->be_pid != own;
      PQfreemem(news);
    }
    if (taken) return foreign;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{PQsocket(connection_.get()), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left)) < 0 && errno != EINTR)
      return lost(kAttempted, kLost);
  }
}

}  // namespace lethe::kms::store::postgres
