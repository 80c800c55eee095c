// SPDX-License-Identifier: Apache-2.0
//
// A test with a database of its own, views of the store in it, and a hand that writes beside them.

#ifndef LETHE_TESTS_INTEGRATION_POSTGRES_STORE_FIXTURE_H_
#define LETHE_TESTS_INTEGRATION_POSTGRES_STORE_FIXTURE_H_

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/postgres_key_store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms::store {

inline FenceRow fence(std::uint8_t n) {
  FenceRow row;
  row.subject.bytes.fill(n);
  row.version = 1;
  row.key = "{\"v\":1}";
  row.value = R"({"dek_ids":[],"erasure_id":"e-1","mac":"00"})";
  return row;
}

inline EdekRow edek(std::uint8_t n) {
  EdekRow row;
  row.subject.bytes.fill(n);
  row.dek_id.bytes.fill(n);
  row.suite = 1;
  row.record = std::string(60, '\x01');
  return row;
}

// A session of somebody who writes by hand.
class Hand {
 public:
  explicit Hand(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {}
  void run(const char* sql) {
    PQclear(PQexec(connection_.get(), sql));
    ASSERT_STREQ(PQerrorMessage(connection_.get()), "");
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

class PostgresKeyStoreTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<PostgresKeyStore>> open(const std::string& url, bool create = false) {
    return PostgresKeyStore::make(url, {.create = create});
  }
  std::unique_ptr<PostgresKeyStore> create() {
    return std::move(open(database_.url(), true)).value();
  }
  std::string refused(const std::string& url, bool create = false) {
    const auto store = open(url, create);
    EXPECT_FALSE(store);
    EXPECT_EQ(store.error().kind(), ErrorKind::kBadConfig) << store.error().message();
    EXPECT_THAT(store.error().message(), ::testing::Not(::testing::HasSubstr("test:")))
        << "no password";
    return store.error().message();
  }
  std::unique_ptr<GatewayKms> gateway() {
    auto root =
        root::LocalFileRoot::make("file-kms://" + folder_.path("root.key"), {.create = true});
    GatewayKms::Options options;
    options.create = true;
    auto made = GatewayKms::make(create(), std::move(root).value(), options);
    EXPECT_TRUE(made) << made.error().message();
    return std::move(made).value();
  }
  std::string query(const std::string& sql) { return database_.query(sql); }

  // Stops who writes a row of that subject until lock 4711 is free.
  void stop_before_commit(const std::string& table, const std::string& subject) {
    query(
        "create function public.stop() returns trigger language plpgsql as $$ begin"
        " if new.subject = '" +
        subject +
        "' then"
        " perform pg_advisory_xact_lock(4711); end if; return new; end $$;"
        "create trigger stop after insert on " +
        table +
        " for each row execute function"
        " public.stop()");
  }
  // Waits until that many sessions wait for somebody.
  bool waits(int sessions) {
    const std::string sql = "select count(*) >= " + std::to_string(sessions) +
                            " from pg_stat_activity"
                            " where datname = current_database() and wait_event_type = 'Lock'";
    for (int tried = 0; tried < 400; ++tried) {
      if (query(sql) == "t") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  lethe::testing::PostgresDatabase database_;
  lethe::testing::TempDir folder_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_TESTS_INTEGRATION_POSTGRES_STORE_FIXTURE_H_
