// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_births.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "kms/store/postgres_rows.h"

namespace lethe::kms::store::postgres {
namespace {

constexpr std::string_view kWrite = "write keys";

// Makes sure that the subjects have rows and locks them, one by one in the same order for
// everybody, so that no two batches wait for each other: a row that was there is locked by the
// update that is never done.
constexpr Statement kLock{"lock",
                          "insert into lethe.subject (subject)"
                          " select s from unnest($1::uuid[]) s"
                          " on conflict (subject) do update set subject = excluded.subject"
                          "  where false",
                          kWrite};
// A statement of its own: it sees every fence that was committed before we had the locks. Hardly
// any subject has one, so those that do are looked for together.
constexpr Statement kCreate{
    "create",
    "insert into lethe.edek (" LETHE_POSTGRES_EDEK
    ")"
    " select " LETHE_POSTGRES_EDEK
    " from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
    "  $7::bytea[], $8::bytea[]) as offered (" LETHE_POSTGRES_EDEK
    ")"
    " where fence = case"
    "  when subject = any (array("
    "   select f.subject from lethe.fence f where f.subject = any ($1::uuid[])))"
    "  then (select max(f.version) from lethe.fence f where f.subject = offered.subject)"
    "  else 0 end"
    " on conflict (subject, fence, purpose, suite, rotation) do nothing",
    kWrite};
constexpr Statement kOutcome{
    "outcome",
    "select coalesce((select max(f.version) from lethe.fence f where f.subject = o.subject), 0),"
    " e.subject, e.dek_id, e.purpose, e.suite, e.fence, e.rotation, e.name, e.record"
    " from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])"
    "  with ordinality as o (subject, purpose, suite, fence, rotation, place)"
    " left join lethe.edek e on e.subject = o.subject and e.fence = o.fence"
    "  and e.purpose = o.purpose and e.suite = o.suite and e.rotation = o.rotation"
    " order by o.place",
    "adopt keys"};

using Offered = std::vector<std::reference_wrapper<const EdekRow>>;

Parameters all_columns(const Offered& rows) {
  Parameters parameters;
  parameters.add_ids(rows, [](const EdekRow& row) { return row.subject; })
      .add_ids(rows, [](const EdekRow& row) { return row.dek_id; })
      .add_numbers(rows, [](const EdekRow& row) { return row.purpose; })
      .add_numbers(rows, [](const EdekRow& row) { return row.suite; })
      .add_numbers(rows, [](const EdekRow& row) { return row.fence_version; })
      .add_numbers(rows, [](const EdekRow& row) { return row.rotation; })
      .add_names(rows, [](const EdekRow& row) -> const std::string& { return row.name; })
      .add_blobs(rows, [](const EdekRow& row) -> const std::string& { return row.record; });
  return parameters;
}

Parameters unique_columns(std::span<const EdekRow> rows) {
  Parameters parameters;
  parameters.add_ids(rows, [](const EdekRow& row) { return row.subject; })
      .add_numbers(rows, [](const EdekRow& row) { return row.purpose; })
      .add_numbers(rows, [](const EdekRow& row) { return row.suite; })
      .add_numbers(rows, [](const EdekRow& row) { return row.fence_version; })
      .add_numbers(rows, [](const EdekRow& row) { return row.rotation; });
  return parameters;
}

// Returns how many of the rows were written.
Result<std::uint64_t> write(Link& writer, std::span<const EdekRow> rows) {
  Offered offered(rows.begin(), rows.end());
  std::stable_sort(offered.begin(), offered.end(),
                   [](const EdekRow& a, const EdekRow& b) { return a.subject < b.subject; });
  std::vector<SubjectHash> subjects;
  for (const EdekRow& row : offered)
    if (subjects.empty() || subjects.back() != row.subject) subjects.push_back(row.subject);
  Parameters locked;
  locked.add_ids(subjects, [](const SubjectHash& subject) { return subject; });
  const std::vector<Rows> done =
      LETHE_TRY(writer.run({{kLock, std::move(locked)}, {kCreate, all_columns(offered)}}));
  return done.back().affected();
}

Result<Birth> outcome(const EdekRow& offered, const Rows& rows, int row, std::string_view store) {
  Birth birth;
  birth.current_fence = static_cast<std::uint64_t>(rows.number(row, 0));
  if (birth.current_fence != offered.fence_version) {
    birth.outcome = Birth::Outcome::kFenceMoved;
    return birth;
  }
  if (rows.is_null(row, 1))
    return transient("A key in " + std::string(store) +
                     " was removed while it was adopted; trying again");
  birth.winner = edek_at(rows, row, 1);
  if (birth.winner.dek_id == offered.dek_id) {
    birth.winner = {};
    return birth;
  }
  birth.outcome = Birth::Outcome::kAdopted;
  return birth;
}

}  // namespace

// What became of the rows is read after the commit: what has changed since then counts as well, and
// the answer is the state of one moment.
Result<std::vector<Birth>> create_all(Link& writer, std::string_view store,
                                      std::span<const EdekRow> rows) {
  if (rows.empty()) return std::vector<Birth>();
  std::vector<Birth> births;
  if (LETHE_TRY(write(writer, rows)) == rows.size()) {
    births.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) births[i].current_fence = rows[i].fence_version;
    return births;
  }
  const Rows found = LETHE_TRY(writer.run(kOutcome, unique_columns(rows)));
  for (std::size_t i = 0; i < rows.size(); ++i)
    births.push_back(LETHE_TRY(outcome(rows[i], found, static_cast<int>(i), store)));
  return births;
}

}  // namespace lethe::kms::store::postgres
