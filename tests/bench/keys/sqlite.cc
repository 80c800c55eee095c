// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include "kms/store/sqlite_key_store.h"
#include "tests/bench/keys/contender.h"
#include "tests/support/temp_dir.h"

namespace lethe::bench {
namespace {

using kms::store::EdekRow;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Sqlite final : public Contender {
 public:
  // Into the store's own file: its settings, and its disk.
  Result<void> open() {
    store_ = LETHE_TRY(kms::store::SqliteKeyStore::make(path(), {.create = true}));
    sqlite3* database = nullptr;
    sqlite3_open_v2(path().c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
    database_.reset(database);
    sqlite3_busy_timeout(database, 10'000);
    LETHE_TRY(run(
        "pragma synchronous = full; pragma secure_delete = on; pragma wal_autocheckpoint = 8000;"
        "create table raw (id integer primary key, subject blob not null, fence integer not null,"
        " purpose integer not null, suite integer not null, rotation integer not null,"
        " dek_id blob not null unique, name text, record blob not null,"
        " unique (subject, fence, purpose, suite, rotation))"));
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database,
                       "insert into raw (subject, fence, purpose, suite, rotation, dek_id, record)"
                       " values (?1, 0, 1, 1, 0, ?2, ?3)",
                       -1, &insert, nullptr);
    insert_.reset(insert);
    return {};
  }

  std::string name() const override { return "sqlite"; }
  std::string conditions() const override {
    return "write-ahead log, synchronous=full, secure_delete=on, in " + path();
  }
  std::unique_ptr<kms::store::KeyStore> store() override { return std::move(store_); }

  Result<void> insert_raw(std::span<const EdekRow> rows) override {
    LETHE_TRY(run("begin immediate"));
    for (const EdekRow& row : rows) {
      bind(1, row.subject.bytes.data(), row.subject.bytes.size());
      bind(2, row.dek_id.bytes.data(), row.dek_id.bytes.size());
      bind(3, row.record.data(), row.record.size());
      if (sqlite3_step(insert_.get()) != SQLITE_DONE) return internal("raw insert into sqlite");
      sqlite3_reset(insert_.get());
    }
    return run("commit");
  }

 private:
  std::string path() const { return folder_.path("keys.db"); }
  Result<void> run(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return internal("raw table of sqlite");
  }
  void bind(int at, const void* bytes, std::size_t size) {
    sqlite3_bind_blob64(insert_.get(), at, bytes, size, SQLITE_STATIC);
  }

  lethe::testing::TempDir folder_;
  std::unique_ptr<kms::store::KeyStore> store_;
  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<sqlite3_stmt, Close> insert_;
};

}  // namespace

std::unique_ptr<Contender> make_sqlite(std::string& why_not) {
  auto contender = std::make_unique<Sqlite>();
  if (const auto opened = contender->open(); !opened) {
    why_not = opened.error().message();
    return nullptr;
  }
  return contender;
}

}  // namespace lethe::bench
