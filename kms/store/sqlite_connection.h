// SPDX-License-Identifier: Apache-2.0
//
// The door to SQLite: a connection with the settings that key rows need, and prepared statements.
// Errors are mapped from result codes, with SQLite's fixed text for the code; the message of a
// failed statement is never passed on, since it may quote what it failed on. A connection and its
// statements belong to one thread at a time (SqliteKeyStore holds a mutex per connection).

#ifndef LETHE_KMS_STORE_SQLITE_CONNECTION_H_
#define LETHE_KMS_STORE_SQLITE_CONNECTION_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "kms/crypto/derive.h"
#include "lethe/result.h"

namespace lethe::kms::store::sqlite {

// The error of a result code: transient (busy, I/O, full), bad_config (not ours to write, damaged)
// or internal.
Error to_error(int code, std::string_view attempted, std::string_view store);

// A prepared statement. Values are bound by reference where they are long: they must live until the
// statement was stepped. Each use ends with reset(), which ~Use does.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3_stmt* statement, std::string_view attempted, std::string_view store)
      : statement_(statement), attempted_(attempted), store_(store) {}

  Statement& bind(int at, std::int64_t number);
  Statement& bind(int at, std::uint64_t number) {
    return bind(at, static_cast<std::int64_t>(number));
  }
  Statement& bind(int at, const crypto::Id16& id);
  Statement& bind_blob(int at, std::string_view bytes);
  Statement& bind_text(int at, std::string_view text);
  Statement& bind_null(int at);

  // True: a row is there; false: done.
  Result<bool> step();
  // For statements without rows.
  Result<void> run();
  void reset();

  std::int64_t number(int column) const;
  std::string bytes(int column) const;  // blob or text
  crypto::Id16 id(int column) const;    // what is missing is zero

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string_view attempted_;  // literals, and the store's name
  std::string_view store_;
};

// Resets a statement at the end of its use, whichever way that ends.
class Use {
 public:
  explicit Use(Statement& statement) : statement_(statement) {}
  ~Use() { statement_.reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  Statement& statement_;
};

class Connection {
 public:
  // Opens an existing file; `store` names it in messages and must outlive the connection.
  static Result<Connection> open(const std::string& path, std::string_view store);

  Result<void> run(const char* sql, std::string_view attempted);
  // The first column of the first row, 0 without one.
  Result<std::int64_t> number(const char* sql, std::string_view attempted);
  Result<Statement> prepare(const char* sql, std::string_view attempted);
  // Write-ahead logging, waiting for others that are about to do the same.
  Result<void> use_write_ahead_log();
  std::int64_t changes() const { return sqlite3_changes64(database_.get()); }
  // Best effort: moves the write-ahead log into the file and empties it, so that removed rows do
  // not linger there. Gives up at once when a reader is in the way.
  void empty_write_ahead_log();

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::string_view store_;
};

// A transaction that rolls back unless commit() was reached.
class Transaction {
 public:
  // `begin`: "begin" for a snapshot to read, "begin immediate" to write.
  static Result<Transaction> begin(Connection& connection, const char* begin);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace lethe::kms::store::sqlite

#endif  // LETHE_KMS_STORE_SQLITE_CONNECTION_H_
