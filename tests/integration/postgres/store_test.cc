// SPDX-License-Identifier: Apache-2.0
//
// What is PostgreSQL's own: tables that are made once and only when asked for, what is refused, and
// what others may do and see.
#include <stdexcept>
#include <vector>

#include "tests/integration/postgres/store_fixture.h"
#include "tests/support/kms/sessions.h"

namespace lethe::kms::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(PostgresKeyStoreTest, IsNotMadeUnlessThatIsAskedFor) {
  EXPECT_THAT(refused(database_.url()), HasSubstr("make it with `lethe keys init`"));
  EXPECT_EQ(query("select count(*) from pg_namespace where nspname = 'lethe'"), "0");
  create();
  EXPECT_TRUE(open(database_.url()));
}

TEST_F(PostgresKeyStoreTest, IsMadeOnceByEightStartersOnAnEmptyDatabase) {
  std::vector<std::vector<ControlRow>> adopted(8);
  std::vector<std::thread> starters;
  for (std::size_t i = 0; i < adopted.size(); ++i)
    starters.emplace_back([&, i] {
      const auto store = open(database_.url(), true);
      ASSERT_TRUE(store) << store.error().message();
      const std::vector<ControlRow> proposal = {{"store", std::to_string(i)}, {"more", "x"}};
      adopted[i] = *(*store)->adopt_control(proposal);
    });
  for (std::thread& starter : starters) starter.join();
  EXPECT_THAT(adopted[0], SizeIs(2));
  for (const auto& rows : adopted) EXPECT_EQ(rows, adopted[0]);
}

TEST_F(PostgresKeyStoreTest, SaysWhatIsWrongWithItsAddress) {
  const std::string url = database_.url();
  const std::string server = url.substr(0, url.rfind('/'));
  EXPECT_THAT(refused("postgresql://[broken"), HasSubstr("not a connection string"));
  EXPECT_THAT(refused(server + "/no_such_database"), HasSubstr("make it with `createdb`"));
  std::string intruder = url;
  intruder.replace(intruder.find("test:test@"), 10, "test:wrong-secret@");
  EXPECT_THAT(refused(intruder), AllOf(HasSubstr("user or password"), HasSubstr("28P01"),
                                       Not(HasSubstr("wrong-secret"))));
  const auto nobody = open("postgresql://u:secret@127.0.0.1:1/lethe");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(nobody.error().message(),
              AllOf(HasSubstr("postgres store 127.0.0.1:1/lethe"), Not(HasSubstr("secret"))));
}

TEST_F(PostgresKeyStoreTest, RefusesANewerLayoutAndTablesOfSomebodyElse) {
  create();
  query("update lethe.layout set version = 99");
  EXPECT_THAT(refused(database_.url(), true), HasSubstr("newer version"));
  query("drop schema lethe cascade; create schema lethe; create table lethe.edek (a int)");
  EXPECT_THAT(refused(database_.url()), HasSubstr("There is no key store"));
  EXPECT_THAT(refused(database_.url(), true), HasSubstr("belongs to somebody else"));
  EXPECT_EQ(query("select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace"
                  " where nspname = 'lethe'"),
            "1")
      << "nothing is left half made";
}

TEST_F(PostgresKeyStoreTest, MakesTheMissingTablesOfAnEmptySchema) {
  query("create schema lethe");
  EXPECT_TRUE(open(database_.url(), true));
}

TEST_F(PostgresKeyStoreTest, RefusesADatabaseThatIsNotInUtf8) {
  query("create database other_encoding encoding 'SQL_ASCII' template template0");
  const std::string url = database_.url();
  EXPECT_THAT(refused(url.substr(0, url.rfind('/')) + "/other_encoding", true),
              HasSubstr("not in UTF-8"));
  query("drop database other_encoding with (force)");
}

TEST_F(PostgresKeyStoreTest, MakesCommitsDurableWhereTheDatabaseDoesNot) {
  query(
      "do $$ begin execute format('alter database %I set synchronous_commit = off',"
      " current_database()); end $$");
  const auto store = create();
  // The trigger sees the setting of the session that writes.
  query(
      "create function public.note() returns trigger language plpgsql as $$ begin"
      " new.key := current_setting('synchronous_commit'); return new; end $$;"
      "create trigger note before insert on lethe.beacon for each row execute function"
      " public.note()");
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  EXPECT_EQ(store->beacons()->at(0).key, "on");
}

TEST_F(PostgresKeyStoreTest, RefusesAServerThatIsReadOnly) {
  create();
  query(
      "do $$ begin execute format('alter database %I set default_transaction_read_only = on',"
      " current_database()); end $$");
  const auto store = open(database_.url());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind(), ErrorKind::kTransient) << "a primary may come back";
}

TEST_F(PostgresKeyStoreTest, WritesAllRowsOfABatchOrNone) {
  const auto store = create();
  EdekRow impossible = edek(2);
  impossible.dek_id = edek(1).dek_id;
  const std::vector<EdekRow> rows = {edek(1), impossible};
  const auto births = store->create_all(rows);
  ASSERT_FALSE(births);
  EXPECT_EQ(births.error().kind(), ErrorKind::kInternal);
  EXPECT_THAT(births.error().message(), HasSubstr("23505"));
  EXPECT_EQ(query("select count(*) from lethe.edek"), "0");
  EXPECT_TRUE(store->create_all({&rows[0], 1})) << "the connection goes on";
}

TEST_F(PostgresKeyStoreTest, TakesABatchThatComesAgainAfterALostAnswer) {
  const auto store = create();
  const std::vector<EdekRow> rows = {edek(1), edek(2)};
  ASSERT_TRUE(store->create_all(rows));
  const auto births = store->create_all(rows);
  ASSERT_TRUE(births) << births.error().message();
  for (const Birth& birth : *births) EXPECT_EQ(birth.outcome, Birth::Outcome::kCreated);
  EXPECT_EQ(query("select count(*) from lethe.edek"), "2");
  const JournalRow entry = {1, "k", "v"};
  EXPECT_TRUE(*store->append_journal(entry));
  EXPECT_TRUE(*store->append_journal(entry));
}

// A writer that took an earlier number and commits later would be skipped by everybody who read in
// between. No writer can get a number while another one has an uncommitted one.
TEST_F(PostgresKeyStoreTest, ShowsItsKeysToOthersAsUserDeks) {
  const auto kms = gateway();
  ASSERT_EQ(seal_text(*kms->session(), "her", "text").state, LETHE_KEY_AVAILABLE);
  ASSERT_EQ(seal_text(*kms->session(), "his", "text").state, LETHE_KEY_AVAILABLE);
  const std::string of_her =
      query("select user_id from lethe.user_deks order by created_at limit 1");
  EXPECT_EQ(query("select count(*) from lethe.user_deks where encrypted_dek is not null"
                  " and key_id = 'bucket-0' and key_version = 1 and created_at is not null"
                  " and rotated_at is null and deleted_at is null and deleted_by is null"),
            "2");
  ASSERT_TRUE(kms->shred("her", {}));
  EXPECT_EQ(query("select count(*) from lethe.user_deks"), "2");
  EXPECT_EQ(query("select user_id from lethe.user_deks where deleted_at is not null"
                  " and encrypted_dek is null and deleted_by like 'erasure %'"),
            of_her);
}

TEST_F(PostgresKeyStoreTest, ShowsReadableNamesOfAllKinds) {
  const auto store = create();
  EdekRow utf8 = edek(1), bytes = edek(2);
  utf8.name = "Zo\xC3\xAB";
  bytes.name = "\xFF~";
  const std::vector<EdekRow> rows = {utf8, bytes};
  ASSERT_TRUE(store->create_all(rows));
  EXPECT_EQ(query("select string_agg(user_id, ' ' order by created_at, user_id desc)"
                  " from lethe.user_deks"),
            "\\377~ Zo\xC3\xAB");
  const std::vector<SubjectHash> subjects = {utf8.subject, bytes.subject};
  EXPECT_EQ(store->look_up(subjects)->at(1).name, bytes.name);
}

// The rights that docs/guides/postgres.md asks for are enough, and do not suffice to remove a
// fence.
TEST_F(PostgresKeyStoreTest, NeedsNoMoreRightsThanTheGuideSays) {
  create();
  query("drop role if exists lethe_worker; create role lethe_worker login password 'w'");
  std::string grants = lethe::testing::TempDir::read(LETHE_SOURCE_DIR "/docs/guides/postgres.md");
  const std::size_t from = grants.find("grant usage on schema lethe");
  ASSERT_NE(from, std::string::npos);
  query(grants.substr(from, grants.find("```", from) - from));
  std::string url = database_.url();
  url.replace(url.find("test:test@"), 10, "lethe_worker:w@");
  {
    const auto store = std::move(open(url)).value();
    const std::vector<ControlRow> control = {{"a", "b"}};
    const std::vector<EdekRow> rows = {edek(1), edek(2)};
    const std::vector<ErasedRow> erased = {{edek(1).dek_id, "k", "v"}};
    Position position;
    EXPECT_TRUE(store->adopt_control(control));
    EXPECT_TRUE(store->add_control({"c", "d"}));
    EXPECT_TRUE(store->create_all(rows));
    EXPECT_TRUE(store->create_all(rows)) << "locks rows that are there";
    EXPECT_EQ(*store->append_fence(fence(1), erased), Fencing::kAppended);
    EXPECT_TRUE(store->bury(erased));
    EXPECT_TRUE(store->put_state({fence(2).subject, "k", "v"}));
    EXPECT_TRUE(store->put_state({fence(2).subject, "k", "w"}));
    EXPECT_TRUE(store->beat({"w", "k", "1"}, ""));
    EXPECT_TRUE(store->beat({"w", "k", "2"}, "1"));
    EXPECT_TRUE(store->marks_since(position));
    EXPECT_TRUE(store->drop_beacon("w"));
    EXPECT_TRUE(store->append_journal({1, "k", "v"}));
    EXPECT_TRUE(store->scan(std::nullopt, 10));
  }
  EXPECT_THROW(lethe::testing::postgres_query(url, "delete from lethe.fence"), std::runtime_error);
  EXPECT_THROW(lethe::testing::postgres_query(url, "update lethe.journal set value = ''"),
               std::runtime_error);
  query("drop owned by lethe_worker; drop role lethe_worker");
}

}  // namespace
}  // namespace lethe::kms::store
