// SPDX-License-Identifier: Apache-2.0
//
// Real PostgreSQL for tests: the server that ctest started for all (or one of this program's own),
// fresh databases on it, and servers of a test's own that crash, hang and are promoted
// (tests/support/postgres/postgres.sh). Speaks libpq without the store under test.

#ifndef LETHE_TESTS_SUPPORT_POSTGRES_SERVER_H_
#define LETHE_TESTS_SUPPORT_POSTGRES_SERVER_H_

#include <memory>
#include <string>

#include "tests/support/temp_dir.h"

namespace lethe::testing {

class PostgresServer {
 public:
  // Null when there is no PostgreSQL; `why_not` then says so. `safe`: with fsync.
  static std::unique_ptr<PostgresServer> start(std::string& why_not, bool safe = false);
  // A streaming standby of the other one.
  static std::unique_ptr<PostgresServer> standby_of(const PostgresServer& primary);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  std::string url(const std::string& database) const { return address_ + "/" + database; }
  std::string host_and_port() const;

  void crash();    // SIGKILL
  void restart();  // with the data it had
  void pause();    // hangs, until resume()
  void resume();
  void promote();

 private:
  PostgresServer();
  int run(const std::string& command) const;
  void must(const std::string& command) const;

  TempDir dir_;
  std::string address_;
};

// The address that ctest's fixture left, or a server of this program's own; empty: there is none.
const std::string& shared_postgres(std::string& why_not);

// An empty database on the shared server, dropped at the end.
class PostgresDatabase {
 public:
  PostgresDatabase();
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  const std::string& url() const noexcept { return url_; }
  // The first value of the last statement's first row, as text; throws with the server's words.
  std::string query(const std::string& sql) const;

 private:
  std::string name_;
  std::string url_;
};

std::string postgres_query(const std::string& url, const std::string& sql);

}  // namespace lethe::testing

#endif  // LETHE_TESTS_SUPPORT_POSTGRES_SERVER_H_
