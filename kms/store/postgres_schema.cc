// SPDX-License-Identifier: Apache-2.0
#include "kms/store/postgres_schema.h"

#include <array>
#include <cstdint>
#include <string>

namespace lethe::kms::store::postgres {
namespace {

// What each layout added to the one before.
//
// - Numbers of marks (fence, erased and state rows) come from the one row of `clock`, which the
//   writer holds until it has committed: they are in the order of commits, and a reader that has
//   seen one has seen all lower ones. A sequence would not do that.
// - `subject` exists to be locked: births and erasures of one subject meet there.
// - The keys of a subject are found by the unique index that makes each of them unique.
constexpr std::array kSteps = {R"sql(
  create table lethe.layout (one boolean primary key default true check (one), version int not null);
  insert into lethe.layout (version) values (0);
  create table lethe.clock (one boolean primary key default true check (one), marks bigint not null);
  insert into lethe.clock (marks) values (0);
  create table lethe.control (
    id bigint generated always as identity primary key,
    key text not null unique,
    value text not null);
  create table lethe.subject (subject uuid primary key);
  create table lethe.edek (
    id bigint generated always as identity,
    created_at timestamptz not null default now(),
    subject uuid not null,
    fence bigint not null,
    dek_id uuid primary key,
    rotation bigint not null,
    purpose smallint not null,
    suite smallint not null,
    name bytea,
    record bytea not null,
    unique (subject, fence, purpose, suite, rotation));
  create table lethe.fence (
    seq bigint primary key,
    written_at timestamptz not null default now(),
    subject uuid not null,
    version bigint not null,
    key text not null,
    value text not null,
    unique (subject, version));
  create table lethe.erased (
    seq bigint primary key,
    written_at timestamptz not null default now(),
    dek_id uuid not null unique,
    key text not null,
    value text not null);
  create table lethe.state (
    seq bigint primary key,
    subject uuid not null unique,
    key text not null,
    value text not null);
  create table lethe.beacon (worker text primary key, key text not null, value text not null);
  create table lethe.journal (seq bigint primary key, key text not null, value text not null);

  create function lethe.readable(name bytea) returns text language plpgsql immutable strict as $$
    begin
      return convert_from(name, 'UTF8');
    exception when others then
      return encode(name, 'escape');
    end $$;

  create view lethe.user_deks as
    select * from (
      select distinct on (e.subject)
        coalesce(lethe.readable(e.name), e.subject::text) as user_id,
        e.record as encrypted_dek,
        'bucket-' || ('x' || encode(substring(e.record from 9 for 4), 'hex'))::bit(32)::bigint
          as key_id,
        ('x' || encode(substring(e.record from 13 for 8), 'hex'))::bit(64)::bigint as key_version,
        min(e.created_at) over (partition by e.subject) as created_at,
        case when e.rotation > 0 then e.created_at end as rotated_at,
        null::timestamptz as deleted_at,
        null::text as deleted_by
      from lethe.edek e
      order by e.subject, e.fence desc, e.rotation desc, e.id desc) live
    union all
    select f.subject::text, null, null, null, null, null, f.written_at,
      'erasure ' || substring(f.value from '"erasure_id":"([A-Za-z0-9_-]{1,64})"')
    from lethe.fence f
    where f.version = (select max(g.version) from lethe.fence g where g.subject = f.subject)
      and not exists (select 1 from lethe.edek e where e.subject = f.subject);
)sql"};

constexpr std::int64_t kLayout = kSteps.size();

constexpr std::string_view kLook = "look at the tables";
constexpr std::string_view kMake = "make the tables";

constexpr Statement kEncoding{"encoding", "select current_setting('server_encoding') = 'UTF8'",
                              kLook};
constexpr Statement kSchemas{
    "schemas", "select count(*) from pg_catalog.pg_namespace where nspname = 'lethe'", kLook};
constexpr Statement kTables{"tables",
                            "select count(*) from pg_catalog.pg_class c"
                            " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                            " where n.nspname = 'lethe' and c.relname = 'layout'",
                            kLook};
constexpr Statement kVersion{"version", "select version from lethe.layout", kLook};

Result<std::int64_t> number(Connection& connection, const Statement& statement) {
  const Step step{statement};
  const std::vector<Rows> rows = LETHE_TRY(connection.run({&step, 1}));
  return rows.front().size() == 0 ? 0 : rows.front().number(0, 0);
}

// 0: no tables.
Result<std::int64_t> layout(Connection& connection) {
  if (LETHE_TRY(number(connection, kTables)) == 0) return std::int64_t{0};
  return number(connection, kVersion);
}

// Within a transaction that holds the lock: what others made before it is visible.
Result<void> make_missing(Connection& connection) {
  if (LETHE_TRY(number(connection, kSchemas)) == 0)
    LETHE_TRY(connection.script("create schema lethe", kMake));
  for (std::int64_t step = LETHE_TRY(layout(connection)); step < kLayout; ++step) {
    LETHE_TRY(connection.script(kSteps[static_cast<std::size_t>(step)], kMake));
    const std::string done = "update lethe.layout set version = " + std::to_string(step + 1);
    LETHE_TRY(connection.script(done.c_str(), kMake));
  }
  return {};
}

Result<void> make_tables(Connection& connection) {
  LETHE_TRY(connection.script("begin; select pg_advisory_xact_lock(x'4c65746865'::bigint)", kMake));
  Result<void> made = make_missing(connection);
  if (made) return connection.script("commit", kMake);
  // A failed roll-back leaves nothing to do: the transaction ends with the connection.
  static_cast<void>(connection.script("rollback", kMake));
  return made;
}

}  // namespace

Result<void> prepare_schema(Connection& connection, std::string_view store, bool create) {
  if (LETHE_TRY(number(connection, kEncoding)) == 0)
    return bad_config("The database of the " + std::string(store) +
                      " is not in UTF-8; make one with `createdb -E UTF8 -T template0`");
  std::int64_t found = LETHE_TRY(layout(connection));
  if (found < kLayout && create) {
    LETHE_TRY(make_tables(connection));
    found = LETHE_TRY(layout(connection));
  }
  if (found == kLayout) return {};
  if (found > kLayout)
    return bad_config("The " + std::string(store) +
                      " was written by a newer version of Lethe; upgrade this one");
  return bad_config(found == 0 ? "There is no key store in " + std::string(store) +
                                     "; make it with `lethe keys init`, or correct "
                                     "`kms.store.postgres`"
                               : "The " + std::string(store) +
                                     " was written by an older version of Lethe; bring it up to "
                                     "date with `lethe keys init`");
}

}  // namespace lethe::kms::store::postgres
