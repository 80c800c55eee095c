// SPDX-License-Identifier: Apache-2.0
#include "kms/store/sqlite_key_store.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "kms/store/sqlite_connection.h"
#include "kms/store/sqlite_schema.h"

namespace lethe::kms::store {
namespace {

using sqlite::Connection;
using sqlite::Statement;
using sqlite::Transaction;
using sqlite::Use;

#define LETHE_EDEK_COLUMNS "subject, dek_id, purpose, suite, fence, rotation, name, record"

EdekRow edek_at(const Statement& row) {
  EdekRow edek;
  edek.subject.bytes = row.id(0);
  edek.dek_id.bytes = row.id(1);
  edek.purpose = static_cast<std::uint8_t>(row.number(2));
  edek.suite = static_cast<std::uint8_t>(row.number(3));
  edek.fence_version = static_cast<std::uint64_t>(row.number(4));
  edek.rotation = static_cast<std::uint32_t>(row.number(5));
  edek.name = row.bytes(6);
  edek.record = row.bytes(7);
  return edek;
}

FenceRow fence_at(const Statement& row) {
  return {{row.id(1)}, static_cast<std::uint64_t>(row.number(2)), row.bytes(3), row.bytes(4)};
}

// Appends what the statement yields.
template <class Row, class Read>
Result<void> collect(Statement& statement, std::vector<Row>& rows, Read read) {
  const Use use(statement);
  while (LETHE_TRY(statement.step())) rows.push_back(read(statement));
  return {};
}

Result<std::vector<ControlRow>> control_rows(Statement& statement) {
  std::vector<ControlRow> rows;
  LETHE_TRY(collect(statement, rows, [](const Statement& row) {
    return ControlRow{row.bytes(0), row.bytes(1)};
  }));
  return rows;
}

constexpr const char* kSelectControl = "select key, value from control order by id";

}  // namespace

struct SqliteKeyStore::Reader {
  std::mutex mutex;
  Connection connection;
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

struct SqliteKeyStore::Writer {
  std::mutex mutex;
  Connection connection;
  Statement control, put_control, current_fence, put_edek, winner, of_subject, put_fence,
      put_erased, remove_edek, put_state;

  Result<void> prepare() {
    control = LETHE_TRY(connection.prepare(kSelectControl, "read control rows"));
    put_control = LETHE_TRY(connection.prepare("insert into control (key, value) values (?1, ?2)",
                                               "write control rows"));
    current_fence = LETHE_TRY(connection.prepare(
        "select coalesce(max(version), 0) from fence where subject = ?1", "check a fence"));
    put_edek =
        LETHE_TRY(connection.prepare(
            "insert into edek (" LETHE_EDEK_COLUMNS ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
            "on conflict (subject, fence, purpose, suite, rotation) do nothing",
            "write keys"));
    winner = LETHE_TRY(connection.prepare("select " LETHE_EDEK_COLUMNS
                                          " from edek where subject = ?1 and fence = ?2 and "
                                          "purpose = ?3 and suite = ?4 and rotation = ?5",
                                          "adopt keys"));
    of_subject = LETHE_TRY(
        connection.prepare("select dek_id from edek where subject = ?1", "read keys to erase"));
    put_fence = LETHE_TRY(connection.prepare(
        "insert into fence (subject, version, key, value) values (?1, ?2, ?3, ?4)",
        "write a fence"));
    put_erased = LETHE_TRY(connection.prepare(
        "insert into erased (dek_id, key, value) values (?1, ?2, ?3) on conflict do nothing",
        "write erased rows"));
    remove_edek =
        LETHE_TRY(connection.prepare("delete from edek where dek_id = ?1", "remove wrapped keys"));
    put_state = LETHE_TRY(
        connection.prepare("insert or replace into state (subject, key, value) values (?1, ?2, ?3)",
                           "write a state row"));
    return {};
  }

  Result<std::uint64_t> fence_of(const SubjectHash& subject) {
    const Use use(current_fence);
    LETHE_TRY(current_fence.bind(1, subject.bytes).step());
    return static_cast<std::uint64_t>(current_fence.number(0));
  }

  Result<Birth> create(const EdekRow& row) {
    Birth birth;
    birth.current_fence = LETHE_TRY(fence_of(row.subject));
    if (birth.current_fence != row.fence_version) {
      birth.outcome = Birth::Outcome::kFenceMoved;
      return birth;
    }
    put_edek.bind(1, row.subject.bytes).bind(2, row.dek_id.bytes);
    put_edek.bind(3, std::int64_t{row.purpose}).bind(4, std::int64_t{row.suite});
    put_edek.bind(5, row.fence_version).bind(6, std::int64_t{row.rotation});
    row.name.empty() ? put_edek.bind_null(7) : put_edek.bind_text(7, row.name);
    put_edek.bind_blob(8, row.record);
    LETHE_TRY(put_edek.run());
    if (connection.changes() == 1) return birth;

    const Use use(winner);
    winner.bind(1, row.subject.bytes).bind(2, row.fence_version);
    winner.bind(3, std::int64_t{row.purpose}).bind(4, std::int64_t{row.suite});
    winner.bind(5, std::int64_t{row.rotation});
    if (!LETHE_TRY(winner.step())) return internal("A key row vanished while it was adopted");
    birth.outcome = Birth::Outcome::kAdopted;
    birth.winner = edek_at(winner);
    return birth;
  }

  // True if the subject has exactly these EDEK rows.
  Result<bool> has_just(const SubjectHash& subject, std::span<const ErasedRow> erased) {
    std::vector<DekId> ids;
    of_subject.bind(1, subject.bytes);
    LETHE_TRY(collect(of_subject, ids, [](const Statement& row) { return DekId{row.id(0)}; }));
    const auto is_named = [&](const DekId& id) {
      return std::any_of(erased.begin(), erased.end(),
                         [&](const ErasedRow& named) { return named.dek_id == id; });
    };
    return ids.size() == erased.size() && std::all_of(ids.begin(), ids.end(), is_named);
  }

  Result<void> bury(std::span<const ErasedRow> erased) {
    for (const ErasedRow& row : erased)
      LETHE_TRY(
          put_erased.bind(1, row.dek_id.bytes).bind_text(2, row.key).bind_text(3, row.value).run());
    for (const ErasedRow& row : erased) LETHE_TRY(remove_edek.bind(1, row.dek_id.bytes).run());
    return {};
  }
};

#undef LETHE_EDEK_COLUMNS

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
  LETHE_TRY(store->writer_->prepare());
  LETHE_TRY(store->reader_->prepare());
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
