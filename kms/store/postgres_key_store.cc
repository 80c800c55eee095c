// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_key_store.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "kms/store/postgres_births.h"
#include "kms/store/postgres_ledger.h"
#include "kms/store/postgres_link.h"
#include "kms/store/postgres_marks.h"
#include "kms/store/postgres_rows.h"
#include "kms/store/postgres_schema.h"

namespace lethe::kms::store {
namespace {

using postgres::all_of;
using postgres::Connection;
using postgres::edek_rows;
using postgres::kNotify;
using postgres::kTick;
using postgres::Link;
using postgres::Parameters;
using postgres::Rows;
using postgres::Statement;
using postgres::Target;

constexpr Statement kControl{"control", "select key, value from lethe.control order by id",
                             "read control rows"};
constexpr Statement kAdoptControl{"adopt_control",
                                  "insert into lethe.control (key, value)"
                                  " select k, v from unnest($1::text[], $2::text[]) as p (k, v)"
                                  " where not exists (select from lethe.control)",
                                  "write control rows"};
constexpr Statement kAddControl{"add_control",
                                "insert into lethe.control (key, value)"
                                " select $1::text, $2::text"
                                " where exists (select from lethe.control) on conflict do nothing",
                                "write a control row"};
constexpr Statement kBySubject{"by_subject",
                               "select " LETHE_POSTGRES_EDEK
                               " from lethe.edek where subject = any ($1::uuid[]) order by id",
                               "look up keys"};
constexpr Statement kById{
    "by_id", "select " LETHE_POSTGRES_EDEK " from lethe.edek where dek_id = any ($1::uuid[])",
    "look up keys"};
constexpr Statement kFences{"fences",
                            "select version, key, value from lethe.fence where subject = $1::uuid"
                            " order by version",
                            "read fences"};
constexpr Statement kScan{"scan",
                          "select " LETHE_POSTGRES_EDEK
                          " from lethe.edek where subject >= $1::uuid"
                          " and (subject, dek_id) > ($1::uuid, $2::uuid)"
                          " order by subject, dek_id limit $3::bigint",
                          "list keys"};

std::vector<ControlRow> control_rows(const Rows& rows) {
  return all_of(rows, [](const Rows& found, int row) {
    return ControlRow{found.bytes(row, 0), found.bytes(row, 1)};
  });
}

const auto kItself = [](const auto& id) { return id; };

}  // namespace

struct PostgresKeyStore::Links {
  explicit Links(Target where) : target(std::move(where)) {}

  // Before there was this connection, somebody may have written.
  Result<void> listen(Connection& connection) {
    ++version;
    return connection.script(postgres::kListen, "listen for changes");
  }

  const Target target;
  std::atomic<std::uint64_t> version{1};
  Link writer{target};
  Link reader{target};
  Link watcher{target, [this](Connection& connection) { return listen(connection); }};
  postgres::Ledger ledger{writer, target.name};
  std::mutex beacon_mutex;  // no beacon is under way while marks are read
};

PostgresKeyStore::PostgresKeyStore(std::unique_ptr<Links> links) : links_(std::move(links)) {}
PostgresKeyStore::~PostgresKeyStore() = default;

Result<std::unique_ptr<PostgresKeyStore>> PostgresKeyStore::make(const std::string& conninfo,
                                                                 const Options& options) {
  Target target = LETHE_TRY(Target::parse(conninfo));
  target.answer_timeout = options.answer_timeout;
  auto links = std::make_unique<Links>(std::move(target));
  LETHE_TRY(links->writer.with([&](Connection& connection) {
    return postgres::prepare_schema(connection, links->target.name, options.create);
  }));
  LETHE_TRY(links->watcher.with([](Connection&) { return Result<void>(); }));
  return std::unique_ptr<PostgresKeyStore>(new PostgresKeyStore(std::move(links)));
}

std::string_view PostgresKeyStore::name() const {
  return links_->target.name;
}

Result<std::vector<ControlRow>> PostgresKeyStore::control() {
  return control_rows(LETHE_TRY(links_->reader.run(kControl)));
}

Result<std::vector<ControlRow>> PostgresKeyStore::adopt_control(
    std::span<const ControlRow> proposal) {
  Parameters given;
  given.add_texts(proposal, [](const ControlRow& row) -> const std::string& { return row.key; })
      .add_texts(proposal, [](const ControlRow& row) -> const std::string& { return row.value; });
  const std::vector<Rows> done = LETHE_TRY(
      links_->writer.run({{kTick}, {kAdoptControl, std::move(given)}, {kNotify}, {kControl}}));
  ++links_->version;
  return control_rows(done.back());
}

Result<std::vector<ControlRow>> PostgresKeyStore::add_control(const ControlRow& row) {
  const std::vector<Rows> done = LETHE_TRY(links_->writer.run(
      {{kTick}, {kAddControl, Parameters().add(row.key).add(row.value)}, {kNotify}, {kControl}}));
  ++links_->version;
  return control_rows(done.back());
}

Result<std::vector<EdekRow>> PostgresKeyStore::look_up(std::span<const SubjectHash> subjects) {
  Parameters given = std::move(Parameters().add_ids(subjects, kItself));
  return edek_rows(LETHE_TRY(links_->reader.run(kBySubject, std::move(given))));
}

Result<std::vector<EdekRow>> PostgresKeyStore::look_up_by_id(std::span<const DekId> ids) {
  Parameters given = std::move(Parameters().add_ids(ids, kItself));
  return edek_rows(LETHE_TRY(links_->reader.run(kById, std::move(given))));
}

Result<std::vector<Birth>> PostgresKeyStore::create_all(std::span<const EdekRow> rows) {
  return postgres::create_all(links_->writer, name(), rows);
}

Result<Fencing> PostgresKeyStore::append_fence(const FenceRow& fence,
                                               std::span<const ErasedRow> erased) {
  const Fencing fencing = LETHE_TRY(postgres::append_fence(links_->writer, fence, erased));
  ++links_->version;
  return fencing;
}

Result<void> PostgresKeyStore::bury(std::span<const ErasedRow> erased) {
  LETHE_TRY(postgres::bury(links_->writer, erased));
  ++links_->version;
  return {};
}

Result<std::vector<FenceRow>> PostgresKeyStore::fences(const SubjectHash& subject) {
  const Rows found = LETHE_TRY(links_->reader.run(kFences, Parameters().add(subject.bytes)));
  return all_of(found, [&](const Rows& rows, int row) {
    return FenceRow{subject, static_cast<std::uint64_t>(rows.number(row, 0)), rows.bytes(row, 1),
                    rows.bytes(row, 2)};
  });
}

Result<void> PostgresKeyStore::put_state(const StateRow& state) {
  LETHE_TRY(postgres::put_state(links_->writer, state));
  ++links_->version;
  return {};
}

Result<std::uint64_t> PostgresKeyStore::version() {
  return links_->version.load();
}

Result<void> PostgresKeyStore::watch(std::chrono::milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  const auto changed = [&] {
    const std::uint64_t now = links_->version.load();
    return std::exchange(watched_, now) != now;
  };
  if (changed()) return {};
  const int own = links_->writer.backend();
  const bool news = LETHE_TRY(links_->watcher.with(
      [&](Connection& connection) { return connection.wait_for_news(deadline, own); }));
  if (news) ++links_->version;
  changed();
  return {};
}

// The rows count only if the server that they came from holds our last beacon, too.
Result<Marks> PostgresKeyStore::marks_since(Position& position) {
  const std::lock_guard lock(links_->beacon_mutex);
  Marks marks;
  Position reached = position;
  for (;;) {
    const std::vector<Rows> read = LETHE_TRY(links_->reader.run(
        {links_->ledger.read_own(), postgres::read_clock(), postgres::read_marks(reached.fences)}));
    LETHE_TRY(links_->ledger.check(read[0]));
    LETHE_TRY(postgres::take_marks(read[1], read[2], name(), reached, marks));
    if (read[2].size() < postgres::kMarksPage) break;
  }
  position = reached;
  return marks;
}

Result<void> PostgresKeyStore::beat(const BeaconRow& beacon, std::string_view previous) {
  const std::lock_guard lock(links_->beacon_mutex);
  return links_->ledger.beat(beacon, previous);
}

Result<std::vector<BeaconRow>> PostgresKeyStore::beacons() {
  return postgres::beacons(links_->reader);
}

Result<void> PostgresKeyStore::drop_beacon(std::string_view worker) {
  const std::lock_guard lock(links_->beacon_mutex);
  return links_->ledger.drop_beacon(worker);
}

Result<bool> PostgresKeyStore::append_journal(const JournalRow& entry) {
  return postgres::append_journal(links_->writer, entry);
}

Result<std::vector<JournalRow>> PostgresKeyStore::journal(std::uint64_t after, std::size_t limit) {
  return postgres::journal(links_->reader, after, limit);
}

Result<std::vector<EdekRow>> PostgresKeyStore::scan(const std::optional<ScanPosition>& after,
                                                    std::size_t limit) {
  const ScanPosition from = after.value_or(ScanPosition{});
  Parameters given;
  given.add(from.subject.bytes).add(from.dek_id.bytes).add(static_cast<std::int64_t>(limit));
  return edek_rows(LETHE_TRY(links_->reader.run(kScan, std::move(given))));
}

}  // namespace lethe::kms::store
