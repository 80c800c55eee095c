// SPDX-License-Identifier: Apache-2.0
#include "kms/store/sqlite_ledger.h"

#include <string>

namespace lethe::kms::store::sqlite {

Result<void> Ledger::prepare(Connection& connection, std::string_view store) {
  connection_ = &connection;
  store_ = store;
  constexpr const char* kBeat = "write a beacon";
  put_first_ = LETHE_TRY(connection.prepare(
      "insert into beacon (worker, key, value) values (?1, ?2, ?3) on conflict do nothing", kBeat));
  replace_ = LETHE_TRY(connection.prepare(
      "update beacon set key = ?2, value = ?3 where worker = ?1 and value = ?4", kBeat));
  all_ = LETHE_TRY(
      connection.prepare("select worker, key, value from beacon order by worker", "read beacons"));
  drop_ =
      LETHE_TRY(connection.prepare("delete from beacon where worker = ?1", "take a beacon away"));
  last_ = LETHE_TRY(
      connection.prepare("select coalesce(max(seq), 0) from journal", "read the journal"));
  append_ = LETHE_TRY(connection.prepare(
      "insert into journal (seq, key, value) values (?1, ?2, ?3)", "append to the journal"));
  entries_ = LETHE_TRY(
      connection.prepare("select seq, key, value from journal where seq > ?1 order by seq limit ?2",
                         "read the journal"));
  return {};
}

Result<void> Ledger::beat(const BeaconRow& beacon, std::string_view previous) {
  Statement& statement = previous.empty() ? put_first_ : replace_;
  statement.bind_text(1, beacon.worker).bind_text(2, beacon.key).bind_text(3, beacon.value);
  if (!previous.empty()) statement.bind_text(4, previous);
  LETHE_TRY(statement.run());
  if (connection_->changes() == 1) return {};
  return bad_config("The " + std::string(store_) +
                    " does not hold this worker's last beacon: it was put back to an earlier state "
                    "while it was in use. Restore it with `lethe keys restore`, then start again");
}

Result<std::vector<BeaconRow>> Ledger::beacons() {
  const Use use(all_);
  std::vector<BeaconRow> rows;
  while (LETHE_TRY(all_.step())) rows.push_back({all_.bytes(0), all_.bytes(1), all_.bytes(2)});
  return rows;
}

Result<void> Ledger::drop_beacon(std::string_view worker) {
  return drop_.bind_text(1, worker).run();
}

Result<bool> Ledger::append(const JournalRow& entry) {
  {
    const Use use(last_);
    LETHE_TRY(last_.step());
    if (static_cast<std::uint64_t>(last_.number(0)) + 1 != entry.seq) return false;
  }
  LETHE_TRY(append_.bind(1, entry.seq).bind_text(2, entry.key).bind_text(3, entry.value).run());
  return true;
}

Result<std::vector<JournalRow>> Ledger::entries(std::uint64_t after, std::size_t limit) {
  const Use use(entries_);
  entries_.bind(1, after).bind(2, static_cast<std::int64_t>(limit));
  std::vector<JournalRow> rows;
  while (LETHE_TRY(entries_.step()))
    rows.push_back(
        {static_cast<std::uint64_t>(entries_.number(0)), entries_.bytes(1), entries_.bytes(2)});
  return rows;
}

}  // namespace lethe::kms::store::sqlite
