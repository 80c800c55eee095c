// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_marks.h"

#include <algorithm>
#include <string>

#include "kms/store/postgres_rows.h"

namespace lethe::kms::store::postgres {

constexpr Statement kTick{"tick", "update lethe.clock set marks = marks + 1", "wait for others"};
constexpr Statement kNotify{"notify", "select pg_notify('lethe', '')", "tell others"};

namespace {

constexpr std::string_view kErase = "erase a subject";

constexpr Statement kRegisterOne{
    "register_one", "insert into lethe.subject (subject) values ($1::uuid) on conflict do nothing",
    kErase};
constexpr Statement kLockOne{
    "lock_one", "select from lethe.subject where subject = $1::uuid for update", kErase};
// The subject is locked: no key of it is born while this looks, and it sees all that were.
constexpr Statement kFence{
    "fence",
    "with fit as ("
    "  select where $2::bigint ="
    "   coalesce((select max(version) from lethe.fence where subject = $1::uuid), 0) + 1"
    "  and cardinality($5::uuid[]) = (select count(*) from lethe.edek where subject = $1::uuid)"
    "  and not exists (select from lethe.edek"
    "   where subject = $1::uuid and dek_id <> all ($5::uuid[]))),"
    " tick as ("
    "  update lethe.clock set marks = marks + 1 + cardinality($5::uuid[])"
    "  where exists (select from fit) returning marks - cardinality($5::uuid[]) as first),"
    " fenced as ("
    "  insert into lethe.fence (seq, subject, version, key, value)"
    "  select first, $1::uuid, $2::bigint, $3::text, $4::text from tick),"
    " dead as ("
    "  insert into lethe.erased (seq, dek_id, key, value)"
    "  select first + n, d, k, v from tick,"
    "   unnest($5::uuid[], $6::text[], $7::text[]) with ordinality as u (d, k, v, n)"
    "  on conflict (dek_id) do nothing),"
    " gone as ("
    "  delete from lethe.edek where subject = $1::uuid and exists (select from tick))"
    " select pg_notify('lethe', '') from tick",
    kErase};

constexpr Statement kBury{
    "bury",
    "with tick as ("
    "  update lethe.clock set marks = marks + cardinality($1::uuid[])"
    "  returning marks - cardinality($1::uuid[]) as before),"
    " dead as ("
    "  insert into lethe.erased (seq, dek_id, key, value)"
    "  select before + n, d, k, v from tick,"
    "   unnest($1::uuid[], $2::text[], $3::text[]) with ordinality as u (d, k, v, n)"
    "  on conflict (dek_id) do nothing),"
    " gone as (delete from lethe.edek where dek_id = any ($1::uuid[]))"
    " select pg_notify('lethe', '') from tick",
    "remove wrapped keys"};

constexpr Statement kPutState{
    "put_state",
    "with tick as (update lethe.clock set marks = marks + 1 returning marks)"
    " insert into lethe.state (seq, subject, key, value)"
    " select marks, $1::uuid, $2::text, $3::text from tick"
    " on conflict (subject) do update"
    " set seq = excluded.seq, key = excluded.key, value = excluded.value",
    "write a state row"};

constexpr Statement kClock{"clock", "select marks from lethe.clock", "read the clock of marks"};
constexpr Statement kMarks{
    "marks",
    "select kind, seq, id, version, key, value from ("
    "  select 0 as kind, seq, subject as id, version, key, value from lethe.fence"
    "   where seq > $1::bigint"
    "  union all select 1, seq, dek_id, 0, key, value from lethe.erased where seq > $1::bigint"
    "  union all select 2, seq, subject, 0, key, value from lethe.state where seq > $1::bigint"
    " ) marks order by seq limit $2::bigint",
    "read fences, erased and state rows"};

Parameters columns(Parameters parameters, std::span<const ErasedRow> erased) {
  parameters.add_ids(erased, [](const ErasedRow& row) { return row.dek_id; })
      .add_texts(erased, [](const ErasedRow& row) -> const std::string& { return row.key; })
      .add_texts(erased, [](const ErasedRow& row) -> const std::string& { return row.value; });
  return parameters;
}

void take(const Rows& page, int row, Marks& marks) {
  const crypto::Id16 id = page.id(row, 2);
  std::string key = page.bytes(row, 4);
  std::string value = page.bytes(row, 5);
  switch (page.number(row, 0)) {
    case 0:
      marks.fences.push_back({{id},
                              static_cast<std::uint64_t>(page.number(row, 3)),
                              std::move(key),
                              std::move(value)});
      break;
    case 1:
      marks.erased.push_back({{id}, std::move(key), std::move(value)});
      break;
    default:
      marks.states.push_back({{id}, std::move(key), std::move(value)});
  }
}

}  // namespace

Result<Fencing> append_fence(Link& writer, const FenceRow& fence,
                             std::span<const ErasedRow> erased) {
  const Parameters subject = Parameters().add(fence.subject.bytes);
  Parameters given = subject;
  given.add(fence.version).add(fence.key).add(fence.value);
  const std::vector<Rows> done = LETHE_TRY(writer.run(
      {{kRegisterOne, subject}, {kLockOne, subject}, {kFence, columns(std::move(given), erased)}}));
  return done.back().size() == 1 ? Fencing::kAppended : Fencing::kMoved;
}

Result<void> bury(Link& writer, std::span<const ErasedRow> erased) {
  if (!erased.empty()) LETHE_TRY(writer.run(kBury, columns({}, erased)));
  return {};
}

Result<void> put_state(Link& writer, const StateRow& state) {
  Parameters given;
  given.add(state.subject.bytes).add(state.key).add(state.value);
  LETHE_TRY(writer.run({{kPutState, std::move(given)}, {kNotify}}));
  return {};
}

Step read_clock() {
  return {kClock};
}

Step read_marks(std::uint64_t after) {
  return {kMarks, Parameters().add(after).add(std::int64_t{kMarksPage})};
}

Result<void> take_marks(const Rows& clock, const Rows& page, std::string_view store,
                        Position& position, Marks& marks) {
  const auto now = clock.size() == 1 ? static_cast<std::uint64_t>(clock.number(0, 0)) : 0;
  if (now < position.fences)
    return bad_config("The " + std::string(store) +
                      " has gone back behind what was read from it: it was put back to an earlier "
                      "state. Restore it with `lethe keys restore`, then start again");
  for (int row = 0; row < page.size(); ++row) take(page, row, marks);
  // A full page may end before the clock; all that came before the clock was read is in another.
  const int last = page.size() - 1;
  if (last >= 0) position.fences = static_cast<std::uint64_t>(page.number(last, 1));
  if (page.size() < kMarksPage) position.fences = std::max(position.fences, now);
  return {};
}

}  // namespace lethe::kms::store::postgres
