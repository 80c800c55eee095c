// SPDX-License-Identifier: Apache-2.0
#include "kms/store/sqlite_schema.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

namespace lethe::kms::store::sqlite {
namespace {

constexpr std::int64_t kApplicationId = 0x4C657468;  // "Leth"
constexpr std::int64_t kLayout = 2;

// `id` and `seq` count upwards: rows of `fence` and `erased` are never removed, and a state row
// gets a new seq when it is replaced, so that a reader finds what is new behind the last seq it
// saw.
constexpr const char* kTables = R"sql(
  create table control (id integer primary key, key text not null unique, value text not null);
  create table edek (
    id integer primary key,
    subject blob not null,
    fence integer not null,
    purpose integer not null,
    suite integer not null,
    rotation integer not null,
    dek_id blob not null unique,
    name text,
    record blob not null,
    unique (subject, fence, purpose, suite, rotation));
  create table fence (
    seq integer primary key,
    subject blob not null,
    version integer not null,
    key text not null,
    value text not null,
    unique (subject, version));
  create table erased (
    seq integer primary key,
    dek_id blob not null unique,
    key text not null,
    value text not null);
  create table state (
    seq integer primary key autoincrement,
    subject blob not null unique,
    key text not null,
    value text not null);
  pragma application_id = 1281717352;
  pragma user_version = 1;
)sql";

// What each layout added to the one before, from the second on.
constexpr const char* kSteps[] = {R"sql(
  create table beacon (
    worker text primary key,
    key text not null,
    value text not null) without rowid;
  create table journal (
    seq integer primary key,
    key text not null,
    value text not null);
  pragma user_version = 2;
)sql"};
static_assert(std::size(kSteps) == kLayout - 1);
static_assert(kApplicationId == 1281717352);

Error file_error(std::string_view store, std::string_view attempted, int error) {
  std::string text = "Could not ";
  text.append(attempted).append(" of ").append(store).append(": ").append(std::strerror(error));
  return bad_config(std::move(text));
}

// Each missing folder, for its owner alone.
Result<void> make_folders(const std::filesystem::path& folder, std::string_view store) {
  if (folder.empty() || folder == folder.root_path()) return {};
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) return {};
  LETHE_TRY(make_folders(folder.parent_path(), store));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return file_error(store, "make the folder", errno);
  return {};
}

// mknod, not open: closing a descriptor of a file drops the locks that SQLite holds on it in this
// process.
Result<void> make_file(const std::string& path, std::string_view store) {
  LETHE_TRY(make_folders(std::filesystem::path(path).parent_path(), store));
  if (::mknod(path.c_str(), S_IFREG | 0600, 0) != 0 && errno != EEXIST)
    return file_error(store, "make the file", errno);
  return {};
}

Error not_a_store(std::string_view store) {
  return bad_config("There is a file at the place of the " + std::string(store) +
                    ", but it is not a Lethe key store; correct the path");
}

// Zero for an empty file, kApplicationId for a store of ours.
Result<std::int64_t> application_id(Connection& connection, std::string_view store) {
  // The tables first: both appear in one transaction, so another starter that commits between the
  // two looks shows us at worst its id without its tables, never tables of nobody.
  const std::int64_t tables =
      LETHE_TRY(connection.number("select count(*) from sqlite_schema", "read the schema"));
  const std::int64_t id =
      LETHE_TRY(connection.number("pragma application_id", "read the application id"));
  if (id == kApplicationId) return id;
  if (id != 0 || tables != 0) return not_a_store(store);
  return 0;
}

Result<void> make_tables(Connection& connection, std::string_view store) {
  LETHE_TRY(connection.use_write_ahead_log());
  Transaction transaction = LETHE_TRY(Transaction::begin(connection, "begin immediate"));
  if (LETHE_TRY(application_id(connection, store)) == 0)
    LETHE_TRY(connection.run(kTables, "make the tables"));
  return transaction.commit();
}

// Brings the tables of an older layout up to ours, whoever comes first.
Result<void> migrate(Connection& connection) {
  Transaction transaction = LETHE_TRY(Transaction::begin(connection, "begin immediate"));
  const std::int64_t layout =
      LETHE_TRY(connection.number("pragma user_version", "read the layout"));
  for (std::int64_t step = std::max<std::int64_t>(layout, 1); step < kLayout; ++step)
    LETHE_TRY(connection.run(kSteps[step - 1], "add the tables of this version"));
  return transaction.commit();
}

}  // namespace

Result<void> prepare_file(const std::string& path, std::string_view store, bool create) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return file_error(store, "look for the file", errno);
    if (!create)
      return bad_config("There is no " + std::string(store) +
                        "; make it with `lethe keys init`, or correct the path");
    LETHE_TRY(make_file(path, store));
    if (::stat(path.c_str(), &status) != 0) return file_error(store, "look for the file", errno);
  }
  if (!S_ISREG(status.st_mode)) return not_a_store(store);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return bad_config("Others may write the file of the " + std::string(store) +
                      "; take that right away with `chmod go-w`");
  return {};
}

Result<void> prepare_tables(Connection& connection, std::string_view store, bool create) {
  if (LETHE_TRY(application_id(connection, store)) == 0) {
    if (!create)
      return bad_config("The " + std::string(store) +
                        " is empty; finish making it with `lethe keys init`");
    LETHE_TRY(make_tables(connection, store));
  }
  const std::int64_t layout =
      LETHE_TRY(connection.number("pragma user_version", "read the layout"));
  if (layout < kLayout) return migrate(connection);
  if (layout > kLayout)
    return bad_config("The " + std::string(store) +
                      " was written by a newer version of Lethe; upgrade this one");
  return {};
}

}  // namespace lethe::kms::store::sqlite
