// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "kms/store/postgres_connection.h"
#include "kms/store/postgres_key_store.h"
#include "tests/bench/keys/contender.h"
#include "tests/support/postgres_server.h"

namespace lethe::bench {
namespace {

using kms::store::EdekRow;
using kms::store::postgres::Connection;
using kms::store::postgres::Parameters;
using kms::store::postgres::Statement;
using kms::store::postgres::Step;
using kms::store::postgres::Target;

// The two rows of a birth, whole columns as arrays: the fastest INSERT that there is.
constexpr Statement kInsertSubjects{
    "raw_subjects", "insert into raw_subject (subject) select s from unnest($1::uuid[]) s",
    "insert raw rows"};
constexpr Statement kInsert{
    "raw",
    "insert into raw (subject, dek_id, record, fence, rotation, purpose, suite)"
    " select s, d, r, 0, 0, 1, 1 from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as u (s, d, r)",
    "insert raw rows"};

class Postgres final : public Contender {
 public:
  Result<void> open(std::unique_ptr<lethe::testing::PostgresServer> server) {
    server_ = std::move(server);
    const std::string url = server_->url("postgres");
    store_ = LETHE_TRY(kms::store::PostgresKeyStore::make(url, {.create = true}));
    lethe::testing::postgres_query(url,
                                   "create table raw_subject (like lethe.subject including all);"
                                   "create table raw (like lethe.edek including all)");
    target_ = std::make_unique<Target>(LETHE_TRY(Target::parse(url)));
    connection_ = std::make_unique<Connection>(LETHE_TRY(Connection::open(*target_)));
    return connection_->script("set search_path = public", "find the raw table");
  }

  std::string name() const override { return "postgres"; }
  std::string conditions() const override {
    const auto show = [&](const std::string& what) {
      return what + "=" + lethe::testing::postgres_query(server_->url("postgres"), "show " + what);
    };
    return "PostgreSQL " +
           lethe::testing::postgres_query(server_->url("postgres"), "show server_version") +
           " over TCP on this machine, " + show("fsync") + ", " + show("synchronous_commit") +
           ", " + show("full_page_writes") + ", " + show("shared_buffers");
  }
  std::unique_ptr<kms::store::KeyStore> store() override { return std::move(store_); }

  Result<void> insert_raw(std::span<const EdekRow> rows) override {
    Parameters subjects;
    subjects.add_ids(rows, [](const EdekRow& row) { return row.subject; });
    Parameters given = subjects;
    given.add_ids(rows, [](const EdekRow& row) { return row.dek_id; })
        .add_blobs(rows, [](const EdekRow& row) -> const std::string& { return row.record; });
    const std::array steps{Step{kInsertSubjects, std::move(subjects)},
                           Step{kInsert, std::move(given)}};
    LETHE_TRY(connection_->run(steps));
    return {};
  }

 private:
  std::unique_ptr<lethe::testing::PostgresServer> server_;
  std::unique_ptr<kms::store::KeyStore> store_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Contender> make_postgres(std::string& why_not) {
  auto server = lethe::testing::PostgresServer::start(why_not, true);
  if (server == nullptr) return nullptr;
  auto contender = std::make_unique<Postgres>();
  if (const auto opened = contender->open(std::move(server)); !opened) {
    why_not = opened.error().message();
    return nullptr;
  }
  return contender;
}

}  // namespace lethe::bench
