// SPDX-License-Identifier: Apache-2.0
#include "kms/store/sqlite_key_store.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "kms/store/sqlite_connection.h"
#include "kms/store/sqlite_rows.h"
#include "kms/store/sqlite_schema.h"
#include "kms/store/sqlite_writer.h"

namespace lethe::kms::store {
using sqlite::collect;
using sqlite::Connection;
using sqlite::control_rows;
using sqlite::edek_at;
using sqlite::fence_at;
using sqlite::kSelectControl;
using sqlite::Statement;
using sqlite::Transaction;
using sqlite::Use;

struct SqliteKeyStore::Reader {
  std::mutex mutex;
  Connection connection;
  sqlite::Ledger ledger;
  Statement version, control, by_subject, by_id, fences, new_fences, new_erased, new_states, scan;

  Result<void> prepare() {
    version = LETHE_TRY(connection.prepare("pragma data_version", "look for changes"));
    control = LETHE_TRY(connection.prepare(kSelectControl, "read control rows"));
    by_subject = LETHE_TRY(connection.prepare(
        "select " LETHE_EDEK_COLUMNS " from edek where subject = ?1 order by id", "look up keys"));
    by_id = LETHE_TRY(connection.prepare(
        "select " LETHE_EDEK_COLUMNS " from edek where dek_id = ?1", "look up keys"));
    fences = LETHE_TRY(connection.prepare(
        "select seq, subject, version, key, value from fence where subject = ?1 order by version",
        "read fences"));
    new_fences = LETHE_TRY(connection.prepare(
        "select seq, subject, version, key, value from fence where seq > ?1 order by seq",
        "read fences"));
    new_erased = LETHE_TRY(
        connection.prepare("select seq, dek_id, key, value from erased where seq > ?1 order by seq",
                           "read erased rows"));
    new_states = LETHE_TRY(
        connection.prepare("select seq, subject, key, value from state where seq > ?1 order by seq",
                           "read state rows"));
    scan =
        LETHE_TRY(connection.prepare("select " LETHE_EDEK_COLUMNS
                                     " from edek where subject > ?1 or (subject = ?1 and dek_id > "
                                     "?2) order by subject, dek_id limit ?3",
                                     "list keys"));
    return {};
  }
};

struct SqliteKeyStore::Writer : sqlite::Writer {};

SqliteKeyStore::SqliteKeyStore(std::string name)
    : name_(std::move(name)),
      reader_(std::make_unique<Reader>()),
      writer_(std::make_unique<Writer>()) {}
SqliteKeyStore::~SqliteKeyStore() = default;

Result<std::unique_ptr<SqliteKeyStore>> SqliteKeyStore::make(const std::string& path,
                                                             const Options& options) {
  std::unique_ptr<SqliteKeyStore> store(new SqliteKeyStore("sqlite store " + path));
  LETHE_TRY(sqlite::prepare_file(path, store->name_, options.create));
  store->writer_->connection = LETHE_TRY(Connection::open(path, store->name_));
  LETHE_TRY(sqlite::prepare_tables(store->writer_->connection, store->name_, options.create));
  store->reader_->connection = LETHE_TRY(Connection::open(path, store->name_));
  LETHE_TRY(store->writer_->prepare(store->name_));
  LETHE_TRY(store->reader_->prepare());
  LETHE_TRY(store->reader_->ledger.prepare(store->reader_->connection, store->name_));
  return store;
}

Result<std::vector<ControlRow>> SqliteKeyStore::control() {
  const std::lock_guard lock(reader_->mutex);
  return control_rows(reader_->control);
}

Result<std::vector<ControlRow>> SqliteKeyStore::adopt_control(
    std::span<const ControlRow> proposal) {
  const std::lock_guard lock(writer_->mutex);
  Transaction transaction = LETHE_TRY(Transaction::begin(writer_->connection, "begin immediate"));
  std::vector<ControlRow> rows = LETHE_TRY(control_rows(writer_->control));
  if (!rows.empty()) return rows;
  for (const ControlRow& row : proposal)
    LETHE_TRY(writer_->put_control.bind_text(1, row.key).bind_text(2, row.value).run());
  LETHE_TRY(transaction.commit());
  return std::vector<ControlRow>(proposal.begin(), proposal.end());
}

Result<std::vector<ControlRow>> SqliteKeyStore::add_control(const ControlRow& row) {
  const std::lock_guard lock(writer_->mutex);
  Transaction transaction = LETHE_TRY(Transaction::begin(writer_->connection, "begin immediate"));
  std::vector<ControlRow> rows = LETHE_TRY(control_rows(writer_->control));
  const bool there = std::any_of(rows.begin(), rows.end(),
                                 [&](const ControlRow& resting) { return resting.key == row.key; });
  if (there || rows.empty()) return rows;
  LETHE_TRY(writer_->put_control.bind_text(1, row.key).bind_text(2, row.value).run());
  LETHE_TRY(transaction.commit());
  rows.push_back(row);
  return rows;
}

Result<std::vector<EdekRow>> SqliteKeyStore::look_up(std::span<const SubjectHash> subjects) {
  const std::lock_guard lock(reader_->mutex);
  Transaction snapshot = LETHE_TRY(Transaction::begin(reader_->connection, "begin"));
  std::vector<EdekRow> rows;
  for (const SubjectHash& subject : subjects) {
    reader_->by_subject.bind(1, subject.bytes);
    LETHE_TRY(collect(reader_->by_subject, rows, edek_at));
  }
  LETHE_TRY(snapshot.commit());
  return rows;
}

Result<std::vector<EdekRow>> SqliteKeyStore::look_up_by_id(std::span<const DekId> ids) {
  const std::lock_guard lock(reader_->mutex);
  Transaction snapshot = LETHE_TRY(Transaction::begin(reader_->connection, "begin"));
  std::vector<EdekRow> rows;
  for (const DekId& id : ids) {
    reader_->by_id.bind(1, id.bytes);
    LETHE_TRY(collect(reader_->by_id, rows, edek_at));
  }
  LETHE_TRY(snapshot.commit());
  return rows;
}

Result<std::vector<Birth>> SqliteKeyStore::create_all(std::span<const EdekRow> rows) {
  const std::lock_guard lock(writer_->mutex);
  Transaction transaction = LETHE_TRY(Transaction::begin(writer_->connection, "begin immediate"));
  std::vector<Birth> births;
  births.reserve(rows.size());
  for (const EdekRow& row : rows) births.push_back(LETHE_TRY(writer_->create(row)));
  LETHE_TRY(transaction.commit());
  return births;
}

Result<Fencing> SqliteKeyStore::append_fence(const FenceRow& fence,
                                             std::span<const ErasedRow> erased) {
  const std::lock_guard lock(writer_->mutex);
  {
    Transaction transaction = LETHE_TRY(Transaction::begin(writer_->connection, "begin immediate"));
    if (LETHE_TRY(writer_->fence_of(fence.subject)) + 1 != fence.version) return Fencing::kMoved;
    if (!LETHE_TRY(writer_->has_just(fence.subject, erased))) return Fencing::kMoved;
    LETHE_TRY(writer_->put_fence.bind(1, fence.subject.bytes)
                  .bind(2, fence.version)
                  .bind_text(3, fence.key)
                  .bind_text(4, fence.value)
                  .run());
    LETHE_TRY(writer_->bury(erased));
    LETHE_TRY(transaction.commit());
  }
  writer_->connection.empty_write_ahead_log();
  return Fencing::kAppended;
}

Result<void> SqliteKeyStore::bury(std::span<const ErasedRow> erased) {
  const std::lock_guard lock(writer_->mutex);
  {
    Transaction transaction = LETHE_TRY(Transaction::begin(writer_->connection, "begin immediate"));
    LETHE_TRY(writer_->bury(erased));
    LETHE_TRY(transaction.commit());
  }
  writer_->connection.empty_write_ahead_log();
  return {};
}

Result<std::vector<FenceRow>> SqliteKeyStore::fences(const SubjectHash& subject) {
  const std::lock_guard lock(reader_->mutex);
  std::vector<FenceRow> rows;
  reader_->fences.bind(1, subject.bytes);
  LETHE_TRY(collect(reader_->fences, rows, fence_at));
  return rows;
}

Result<void> SqliteKeyStore::put_state(const StateRow& state) {
  const std::lock_guard lock(writer_->mutex);
  return writer_->put_state.bind(1, state.subject.bytes)
      .bind_text(2, state.key)
      .bind_text(3, state.value)
      .run();
}

Result<std::uint64_t> SqliteKeyStore::version() {
  const std::lock_guard lock(reader_->mutex);
  const Use use(reader_->version);
  LETHE_TRY(reader_->version.step());
  return static_cast<std::uint64_t>(reader_->version.number(0));
}

Result<void> SqliteKeyStore::watch(std::chrono::milliseconds at_most) {
  // SQLite tells nobody of a change, but to ask costs a microsecond.
  constexpr std::chrono::milliseconds kPause{25};
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const std::uint64_t seen = LETHE_TRY(version())
    +1;
    if (std::exchange(watched_, seen) != seen) return {};
    if (std::chrono::steady_clock::now() >= deadline) return {};
    std::this_thread::sleep_for(kPause);
  }
}

Result<Marks> SqliteKeyStore::marks_since(Position& position) {
  const std::lock_guard lock(reader_->mutex);
  Transaction snapshot = LETHE_TRY(Transaction::begin(reader_->connection, "begin"));
  Marks marks;
  Position reached = position;
  const auto advance = [](std::uint64_t& seq, const Statement& row) {
    seq = static_cast<std::uint64_t>(row.number(0));
  };
  reader_->new_fences.bind(1, position.fences);
  LETHE_TRY(collect(reader_->new_fences, marks.fences, [&](const Statement& row) {
    advance(reached.fences, row);
    return fence_at(row);
  }));
  reader_->new_erased.bind(1, position.erased);
  LETHE_TRY(collect(reader_->new_erased, marks.erased, [&](const Statement& row) {
    advance(reached.erased, row);
    return ErasedRow{{row.id(1)}, row.bytes(2), row.bytes(3)};
  }));
  reader_->new_states.bind(1, position.states);
  LETHE_TRY(collect(reader_->new_states, marks.states, [&](const Statement& row) {
    advance(reached.states, row);
    return StateRow{{row.id(1)}, row.bytes(2), row.bytes(3)};
  }));
  LETHE_TRY(snapshot.commit());
  position = reached;
  return marks;
}

Result<void> SqliteKeyStore::beat(const BeaconRow& beacon, std::string_view previous) {
  const std::lock_guard lock(writer_->mutex);
  return writer_->ledger.beat(beacon, previous);
}

Result<std::vector<BeaconRow>> SqliteKeyStore::beacons() {
  const std::lock_guard lock(reader_->mutex);
  return reader_->ledger.beacons();
}

Result<void> SqliteKeyStore::drop_beacon(std::string_view worker) {
  const std::lock_guard lock(writer_->mutex);
  return writer_->ledger.drop_beacon(worker);
}

Result<bool> SqliteKeyStore::append_journal(const JournalRow& entry) {
  const std::lock_guard lock(writer_->mutex);
  Transaction transaction = LETHE_TRY(Transaction::begin(writer_->connection, "begin immediate"));
  const bool appended = LETHE_TRY(writer_->ledger.append(entry));
  LETHE_TRY(transaction.commit());
  return appended;
}

Result<std::vector<JournalRow>> SqliteKeyStore::journal(std::uint64_t after, std::size_t limit) {
  const std::lock_guard lock(reader_->mutex);
  return reader_->ledger.entries(after, limit);
}

Result<std::vector<EdekRow>> SqliteKeyStore::scan(const std::optional<ScanPosition>& after,
                                                  std::size_t limit) {
  const std::lock_guard lock(reader_->mutex);
  const ScanPosition from = after.value_or(ScanPosition{});
  std::vector<EdekRow> rows;
  reader_->scan.bind(1, from.subject.bytes)
      .bind(2, from.dek_id.bytes)
      .bind(3, static_cast<std::int64_t>(limit));
  LETHE_TRY(collect(reader_->scan, rows, edek_at));
  return rows;
}

}  // namespace lethe::kms::store
