// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_ledger.h"

#include <algorithm>

#include "kms/store/postgres_rows.h"

namespace lethe::kms::store::postgres {
namespace {

constexpr std::string_view kBeat = "write a beacon";
constexpr std::string_view kAppend = "append to the journal";

constexpr Statement kFirstBeacon{
    "first_beacon",
    "insert into lethe.beacon (worker, key, value) values ($1::text, $2::text, $3::text)"
    " on conflict (worker) do update set key = excluded.key, value = excluded.value"
    " where beacon.value = any ($4::text[])",
    kBeat};
constexpr Statement kNextBeacon{"next_beacon",
                                "update lethe.beacon set key = $2::text, value = $3::text"
                                " where worker = $1::text and value = any ($4::text[])",
                                kBeat};
constexpr Statement kBeacons{
    "beacons", "select worker, key, value from lethe.beacon order by worker", "read beacons"};
constexpr Statement kOwnBeacons{
    "own_beacons", "select worker, value from lethe.beacon where worker = any ($1::text[])",
    "read the own beacon"};
constexpr Statement kDropBeacon{"drop_beacon", "delete from lethe.beacon where worker = $1::text",
                                "take a beacon away"};

constexpr Statement kAppendEntry{
    "append_entry",
    "insert into lethe.journal (seq, key, value)"
    " select $1::bigint, $2::text, $3::text"
    " where $1::bigint = (select coalesce(max(seq), 0) + 1 from lethe.journal)"
    " on conflict do nothing",
    kAppend};
constexpr Statement kIsAppended{
    "is_appended",
    "select from lethe.journal where seq = $1::bigint and key = $2::text and value = $3::text",
    kAppend};
constexpr Statement kEntries{"entries",
                             "select seq, key, value from lethe.journal where seq > $1::bigint"
                             " order by seq limit $2::bigint",
                             "read the journal"};

}  // namespace

bool Ledger::Own::knows(std::string_view value) const {
  return value == acknowledged ||
         std::find(in_doubt.begin(), in_doubt.end(), value) != in_doubt.end();
}

Error Ledger::rolled_back() const {
  return bad_config("The " + std::string(store_) +
                    " does not hold this worker's last beacon: it was put back to an earlier state "
                    "while it was in use, or a standby that lags took over. Restore it with `lethe "
                    "keys restore`, then start again");
}

Result<void> Ledger::beat(const BeaconRow& beacon, std::string_view previous) {
  Own& own = own_[beacon.worker];
  std::vector<std::string> replaceable = own.in_doubt;
  if (!previous.empty()) replaceable.emplace_back(previous);
  if (!own.knows(beacon.value)) own.in_doubt.push_back(beacon.value);
  Parameters given;
  given.add(beacon.worker).add(beacon.key).add(beacon.value);
  given.add_texts(replaceable,
                  [](const std::string& value) -> const std::string& { return value; });
  const Rows done =
      LETHE_TRY(writer_.run(previous.empty() ? kFirstBeacon : kNextBeacon, std::move(given)));
  if (done.affected() != 1) return rolled_back();
  own.acknowledged = beacon.value;
  own.in_doubt.clear();
  return {};
}

Result<void> Ledger::drop_beacon(std::string_view worker) {
  // First: should the answer be lost, nobody knows whether it is still there.
  if (const auto found = own_.find(worker); found != own_.end()) own_.erase(found);
  LETHE_TRY(writer_.run(kDropBeacon, Parameters().add(worker)));
  return {};
}

Step Ledger::read_own() const {
  Parameters workers;
  workers.add_texts(own_, [](const auto& own) -> const std::string& { return own.first; });
  return {kOwnBeacons, std::move(workers)};
}

Result<void> Ledger::check(const Rows& own) const {
  for (const auto& [worker, known] : own_) {
    bool found = known.acknowledged.empty();
    for (int row = 0; row < own.size(); ++row)
      found = found || (own.bytes(row, 0) == worker && known.knows(own.bytes(row, 1)));
    if (!found) return rolled_back();
  }
  return {};
}

Result<std::vector<BeaconRow>> beacons(Link& reader) {
  return all_of(LETHE_TRY(reader.run(kBeacons)), [](const Rows& rows, int row) {
    return BeaconRow{rows.bytes(row, 0), rows.bytes(row, 1), rows.bytes(row, 2)};
  });
}

Result<bool> append_journal(Link& writer, const JournalRow& entry) {
  Parameters given;
  given.add(entry.seq).add(entry.key).add(entry.value);
  const std::vector<Rows> done =
      LETHE_TRY(writer.run({{kAppendEntry, given}, {kIsAppended, given}}));
  return done.back().size() == 1;
}

Result<std::vector<JournalRow>> journal(Link& reader, std::uint64_t after, std::size_t limit) {
  const Rows found = LETHE_TRY(
      reader.run(kEntries, Parameters().add(after).add(static_cast<std::int64_t>(limit))));
  return all_of(found, [](const Rows& rows, int row) {
    return JournalRow{static_cast<std::uint64_t>(rows.number(row, 0)), rows.bytes(row, 1),
                      rows.bytes(row, 2)};
  });
}

}  // namespace lethe::kms::store::postgres
