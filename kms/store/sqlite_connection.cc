// SPDX-License-Identifier: Apache-2.0
#include "kms/store/sqlite_connection.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

namespace lethe::kms::store::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

std::string sentence(std::string_view attempted, std::string_view store, std::string_view reason) {
  std::string text = "Could not ";
  text.append(attempted).append(" in ").append(store).append(": ").append(reason);
  return text;
}

}  // namespace

Error to_error(int code, std::string_view attempted, std::string_view store) {
  const char* reason = sqlite3_errstr(code);  // a fixed text per code
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return transient(sentence(attempted, store, reason));
    case SQLITE_NOTADB:
      return bad_config(sentence(attempted, store, "the file is not a Lethe key store"));
    case SQLITE_CORRUPT:
      return bad_config(sentence(attempted, store, reason) +
                        "; stop all workers and put a backup in its place");
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return bad_config(sentence(attempted, store, reason) + "; check owner and permissions");
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
      return bad_config(sentence(attempted, store, "its tables are not those of this version"));
    default:
      return internal(sentence(attempted, store, reason));
  }
}

Statement& Statement::bind(int at, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), at, number);
  return *this;
}

Statement& Statement::bind(int at, const crypto::Id16& id) {
  sqlite3_bind_blob(statement_.get(), at, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_blob(int at, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), at, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_text(int at, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_null(int at) {
  sqlite3_bind_null(statement_.get(), at);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return to_error(code, attempted_, store_);
}

Result<void> Statement::run() {
  const Use use(*this);
  LETHE_TRY(step());
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

crypto::Id16 Statement::id(int column) const {
  crypto::Id16 id{};
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  if (data != nullptr) std::memcpy(id.data(), data, std::min(size, id.size()));
  return id;
}

Result<Connection> Connection::open(const std::string& path, std::string_view store) {
  Connection connection;
  connection.store_ = store;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection.database_.reset(database);
  if (code != SQLITE_OK) return to_error(code, "open the file", store);
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  // A key row is durable when the call that wrote it returns, and its bytes are overwritten when it
  // is removed. Births touch pages all over the indexes: a log of up to 32 MiB gathers them before
  // they are written in place. The schema of a file is somebody else's input.
  LETHE_TRY(connection.run(
      "pragma synchronous = full; pragma secure_delete = on; pragma trusted_schema = off;"
      "pragma cell_size_check = on; pragma wal_autocheckpoint = 8000",
      "set up the connection"));
  return connection;
}

Result<void> Connection::run(const char* sql, std::string_view attempted) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return to_error(code, attempted, store_);
  return {};
}

Result<std::int64_t> Connection::number(const char* sql, std::string_view attempted) {
  Statement statement = LETHE_TRY(prepare(sql, attempted));
  const bool found = LETHE_TRY(statement.step());
  return found ? statement.number(0) : 0;
}

Result<Statement> Connection::prepare(const char* sql, std::string_view attempted) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return to_error(code, attempted, store_);
  return Statement(statement, attempted, store_);
}

Result<void> Connection::use_write_ahead_log() {
  // The switch needs the file for itself and does not wait for it, unlike a transaction.
  using namespace std::chrono;
  const auto deadline = steady_clock::now() + milliseconds(kBusyTimeoutMs);
  for (;;) {
    const auto done = run("pragma journal_mode = wal", "switch to write-ahead logging");
    if (done || done.error().kind() != ErrorKind::kTransient || steady_clock::now() > deadline)
      return done;
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void Connection::empty_write_ahead_log() {
  sqlite3_busy_timeout(database_.get(), 0);
  sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(database_.get(), kBusyTimeoutMs);
}

Result<Transaction> Transaction::begin(Connection& connection, const char* begin) {
  LETHE_TRY(connection.run(begin, "begin a transaction"));
  return Transaction(connection);
}

Result<void> Transaction::commit() {
  LETHE_TRY(connection_->run("commit", "commit"));
  connection_ = nullptr;
  return {};
}

Transaction::~Transaction() {
  // A failed roll-back leaves nothing to do: the transaction is gone or goes with the connection.
  if (connection_ != nullptr) static_cast<void>(connection_->run("rollback", "roll back"));
}

}  // namespace lethe::kms::store::sqlite
