// SPDX-License-Identifier: Apache-2.0
//
// What is PostgreSQL's own: tables that are made once and only when asked for, numbers in the order
// of commits, what is refused, and what somebody with a hand in the database can do.
#include <libpq-fe.h>

#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "kms/gateway_kms.h"
#include "kms/root/local_file_root.h"
#include "kms/store/postgres_key_store.h"
#include "tests/support/kms/sessions.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

FenceRow fence(std::uint8_t n) {
  FenceRow row;
  row.subject.bytes.fill(n);
  row.version = 1;
  row.key = "{\"v\":1}";
  row.value = R"({"dek_ids":[],"erasure_id":"e-1","mac":"00"})";
  return row;
}

EdekRow edek(std::uint8_t n) {
  EdekRow row;
  row.subject.bytes.fill(n);
  row.dek_id.bytes.fill(n);
  row.suite = 1;
  row.record = std::string(60, '\x01');
  return row;
}

// A session of somebody who writes by hand.
class Hand {
 public:
  explicit Hand(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {}
  void run(const char* sql) {
    PQclear(PQexec(connection_.get(), sql));
    ASSERT_STREQ(PQerrorMessage(connection_.get()), "");
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

class PostgresKeyStoreTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<PostgresKeyStore>> open(const std::string& url, bool create = false) {
    return PostgresKeyStore::make(url, {.create = create});
  }
  std::unique_ptr<PostgresKeyStore> create() {
    return std::move(open(database_.url(), true)).value();
  }
  std::string refused(const std::string& url, bool create = false) {
    const auto store = open(url, create);
    EXPECT_FALSE(store);
    EXPECT_EQ(store.error().kind(), ErrorKind::kBadConfig) << store.error().message();
    EXPECT_THAT(store.error().message(), Not(HasSubstr("test:"))) << "no password";
    return store.error().message();
  }
  std::unique_ptr<GatewayKms> gateway() {
    auto root =
        root::LocalFileRoot::make("file-kms://" + folder_.path("root.key"), {.create = true});
    GatewayKms::Options options;
    options.create = true;
    auto made = GatewayKms::make(create(), std::move(root).value(), options);
    EXPECT_TRUE(made) << made.error().message();
    return std::move(made).value();
  }
  std::string query(const std::string& sql) { return database_.query(sql); }

  // Stops who writes a row of that subject until lock 4711 is free.
  void stop_before_commit(const std::string& table, const std::string& subject) {
    query(
        "create function public.stop() returns trigger language plpgsql as $$ begin"
        " if new.subject = '" +
        subject +
        "' then"
        " perform pg_advisory_xact_lock(4711); end if; return new; end $$;"
        "create trigger stop after insert on " +
        table +
        " for each row execute function"
        " public.stop()");
  }
  // Waits until that many sessions wait for somebody.
  bool waits(int sessions) {
    const std::string sql = "select count(*) >= " + std::to_string(sessions) +
                            " from pg_stat_activity"
                            " where datname = current_database() and wait_event_type = 'Lock'";
    for (int tried = 0; tried < 400; ++tried) {
      if (query(sql) == "t") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  lethe::testing::PostgresDatabase database_;
  lethe::testing::TempDir folder_;
};

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
TEST_F(PostgresKeyStoreTest, SkipsNoFenceWhoseWriterCommitsAfterAHigherNumber) {
  const auto slow_view = create();
  const auto fast_view = create();
  const auto reader = create();
  Position position;
  ASSERT_TRUE(reader->marks_since(position));

  stop_before_commit("lethe.fence", "01010101-0101-0101-0101-010101010101");
  Hand hand(database_.url());
  hand.run("select pg_advisory_lock(4711)");
  std::thread slow([&] { EXPECT_EQ(*slow_view->append_fence(fence(1), {}), Fencing::kAppended); });
  EXPECT_TRUE(waits(1));
  std::thread fast([&] { EXPECT_EQ(*fast_view->append_fence(fence(2), {}), Fencing::kAppended); });
  EXPECT_TRUE(waits(2));
  EXPECT_TRUE(reader->marks_since(position)->empty());
  hand.run("select pg_advisory_unlock(4711)");
  slow.join();
  fast.join();
  EXPECT_THAT(reader->marks_since(position)->fences, ElementsAre(fence(1), fence(2)));
  EXPECT_EQ(query("select string_agg(seq::text, ',' order by seq) from lethe.fence"), "1,2");
}

TEST_F(PostgresKeyStoreTest, LetsABirthWaitForTheErasureOfItsSubject) {
  const auto eraser = create();
  const auto parent = create();
  ASSERT_TRUE(parent->create_all(std::vector<EdekRow>{edek(3)}));
  stop_before_commit("lethe.fence", "01010101-0101-0101-0101-010101010101");
  Hand hand(database_.url());
  hand.run("select pg_advisory_lock(4711)");
  std::thread erasing([&] { EXPECT_EQ(*eraser->append_fence(fence(1), {}), Fencing::kAppended); });
  EXPECT_TRUE(waits(1));
  std::thread birth([&] {
    const std::vector<EdekRow> rows = {edek(3), edek(1), edek(2)};
    const auto births = parent->create_all(rows);
    EXPECT_EQ(births->at(1).outcome, Birth::Outcome::kFenceMoved);
    EXPECT_EQ(births->at(1).current_fence, 1u);
    EXPECT_EQ(births->at(2).outcome, Birth::Outcome::kCreated);
  });
  EXPECT_TRUE(waits(2));
  hand.run("select pg_advisory_unlock(4711)");
  erasing.join();
  birth.join();
  EXPECT_EQ(query("select count(*) from lethe.edek where subject::text like '0101%'"), "0");
}

TEST_F(PostgresKeyStoreTest, LetsAnErasureWaitForABirthThatItMustNotMiss) {
  const auto eraser = create();
  const auto parent = create();
  stop_before_commit("lethe.edek", "01010101-0101-0101-0101-010101010101");
  Hand hand(database_.url());
  hand.run("select pg_advisory_lock(4711)");
  std::thread birth([&] { EXPECT_TRUE(parent->create_all(std::vector<EdekRow>{edek(1)})); });
  EXPECT_TRUE(waits(1));
  std::thread erasing([&] {
    EXPECT_EQ(*eraser->append_fence(fence(1), {}), Fencing::kMoved) << "there is a key now";
  });
  EXPECT_TRUE(waits(2));
  hand.run("select pg_advisory_unlock(4711)");
  birth.join();
  erasing.join();
  EXPECT_EQ(query("select count(*) from lethe.fence"), "0");
}

TEST_F(PostgresKeyStoreTest, ShowsEveryMarkToAReaderWhoLooksWhileManyWrite) {
  constexpr std::uint8_t kWriters = 4, kEach = 40;
  std::vector<std::thread> writers;
  for (std::uint8_t w = 0; w < kWriters; ++w)
    writers.emplace_back([&, w] {
      const auto store = create();
      for (std::uint8_t i = 0; i < kEach; ++i)
        EXPECT_TRUE(store->append_fence(fence(static_cast<std::uint8_t>(w * kEach + i)), {}));
    });
  const auto reader = create();
  Position position;
  std::set<SubjectHash> seen;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (seen.size() < std::size_t{kWriters} * kEach &&
         std::chrono::steady_clock::now() < deadline) {
    const Marks marks = *reader->marks_since(position);
    for (const FenceRow& row : marks.fences) EXPECT_TRUE(seen.insert(row.subject).second) << "once";
  }
  EXPECT_THAT(seen, SizeIs(kWriters * kEach));
  for (std::thread& writer : writers) writer.join();
}

TEST_F(PostgresKeyStoreTest, ReadsMarksPageByPage) {
  const auto store = create();
  query(
      "insert into lethe.erased (seq, dek_id, key, value)"
      " select n, gen_random_uuid(), 'k', 'v' from generate_series(1, 20500) n;"
      "update lethe.clock set marks = 20500");
  ASSERT_TRUE(store->append_fence(fence(1), {}));
  Position position;
  const auto marks = store->marks_since(position);
  ASSERT_TRUE(marks) << marks.error().message();
  EXPECT_THAT(marks->erased, SizeIs(20500));
  EXPECT_THAT(marks->fences, ElementsAre(fence(1)));
  EXPECT_TRUE(store->marks_since(position)->empty());
}

TEST_F(PostgresKeyStoreTest, RefusesADatabaseThatHasGoneBackBehindWhatWasRead) {
  const auto store = create();
  ASSERT_TRUE(store->append_fence(fence(1), {}));
  Position position;
  ASSERT_TRUE(store->marks_since(position));
  query("delete from lethe.fence; update lethe.clock set marks = 0");
  const auto marks = store->marks_since(position);
  ASSERT_FALSE(marks);
  EXPECT_EQ(marks.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(marks.error().message(), HasSubstr("`lethe keys restore`"));
}

TEST_F(PostgresKeyStoreTest, RefusesToBeatAndToReadWhenTheOwnBeaconIsGone) {
  const auto store = create();
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  ASSERT_TRUE(store->beat({"w", "k", "2"}, "1"));
  Position position;
  ASSERT_TRUE(store->marks_since(position));
  for (const char* rolled_back :
       {"update lethe.beacon set value = '1'", "delete from lethe.beacon"}) {
    query(rolled_back);
    const auto beat = store->beat({"w", "k", "3"}, "2");
    ASSERT_FALSE(beat);
    EXPECT_EQ(beat.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(beat.error().message(), HasSubstr("does not hold this worker's last beacon"));
    const auto marks = store->marks_since(position);
    ASSERT_FALSE(marks) << "what such a server does not show proves nothing";
    EXPECT_EQ(marks.error().kind(), ErrorKind::kBadConfig);
  }
  ASSERT_TRUE(store->drop_beacon("w"));
  EXPECT_TRUE(store->beat({"w", "k", "4"}, "")) << "who begins anew may";
}

TEST_F(PostgresKeyStoreTest, ReadsARowThatWasDeletedByHandAsUnknownNeverAsShredded) {
  const auto kms = gateway();
  const SealedText sealed = seal_text(*kms->session(), "her", "text");
  ASSERT_EQ(sealed.state, LETHE_KEY_AVAILABLE);
  query("delete from lethe.edek");
  const auto reader = gateway();
  EXPECT_EQ(opening_state(*reader->session(), sealed.dek_id), LETHE_KEY_UNKNOWN);
}

TEST_F(PostgresKeyStoreTest, ReadsAFlippedBitInARowAsTampering) {
  for (const char* flip :
       {"update lethe.edek set record = set_bit(record, octet_length(record) * 8 - 200,"
        " 1 - get_bit(record, octet_length(record) * 8 - 200))",
        "update lethe.edek set rotation = rotation + 1",
        "update lethe.edek set subject = '01010101-0101-0101-0101-010101010101'"}) {
    query("drop schema if exists lethe cascade");
    const SealedText sealed = seal_text(*gateway()->session(), "her", "text");
    ASSERT_EQ(opening_state(*gateway()->session(), sealed.dek_id), LETHE_KEY_AVAILABLE);
    query(flip);
    EXPECT_EQ(opening_state(*gateway()->session(), sealed.dek_id), LETHE_KEY_TAMPERED) << flip;
  }
}

TEST_F(PostgresKeyStoreTest, ReadsAChangedFenceAsTampering) {
  const auto kms = gateway();
  const SealedText sealed = seal_text(*kms->session(), "her", "text");
  ASSERT_TRUE(kms->shred("her", {}));
  query("update lethe.erased set value = replace(value, 'erased', 'lost')");
  const auto reader = gateway();
  EXPECT_EQ(opening_state(*reader->session(), sealed.dek_id), LETHE_KEY_TAMPERED);
  EXPECT_EQ(reader->describe().tampered_rows, 1u);
}

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
