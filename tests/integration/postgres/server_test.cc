// SPDX-License-Identifier: Apache-2.0
//
// What becomes of the store when its server crashes, hangs, or is replaced by a standby. Each test
// has servers of its own.
#include <chrono>
#include <thread>

#include "gmock/gmock.h"
#include "kms/store/postgres_key_store.h"
#include "tests/support/postgres_server.h"

namespace lethe::kms::store {
namespace {

using lethe::testing::PostgresServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::SizeIs;

EdekRow edek(std::uint8_t n) {
  EdekRow row;
  row.subject.bytes.fill(n);
  row.dek_id.bytes.fill(n);
  row.suite = 1;
  row.record = "wrapped";
  return row;
}

std::unique_ptr<PostgresServer> start() {
  std::string why_not;
  auto server = PostgresServer::start(why_not);
  EXPECT_NE(server, nullptr) << why_not;
  return server;
}

std::unique_ptr<PostgresKeyStore> open(const std::string& url, bool create = true) {
  auto store = PostgresKeyStore::make(url, {.create = create, .answer_timeout = seconds(2)});
  EXPECT_TRUE(store) << store.error().message();
  return std::move(store).value();
}

// The call again and again while it is transient, as a pipeline would.
template <class Call>
auto patiently(Call call) {
  const auto deadline = steady_clock::now() + seconds(30);
  auto result = call();
  while (!result && result.error().kind() == ErrorKind::kTransient &&
         steady_clock::now() < deadline)
    result = call();
  return result;
}

Result<std::vector<Birth>> create(PostgresKeyStore& store, std::uint8_t n) {
  const EdekRow row = edek(n);
  return store.create_all({&row, 1});
}

TEST(PostgresServerTest, GoesOnByItselfAfterACrashWithAllThatWasAcknowledged) {
  const auto server = start();
  const auto store = open(server->url("postgres"));
  ASSERT_TRUE(create(*store, 1));
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  ASSERT_TRUE(store->watch(milliseconds(1)));
  server->crash();
  const auto away = create(*store, 2);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().kind(), ErrorKind::kTransient) << away.error().message();
  EXPECT_FALSE(store->watch(seconds(1))) << "a lost watcher is an error, not silence";
  server->restart();
  ASSERT_TRUE(patiently([&] { return create(*store, 2); }));
  ASSERT_TRUE(patiently([&] { return store->scan(std::nullopt, 10); }));
  EXPECT_THAT(*store->scan(std::nullopt, 10), SizeIs(2));
  EXPECT_TRUE(patiently([&] { return store->beat({"w", "k", "2"}, "1"); }));
}

TEST(PostgresServerTest, TellsByItsVersionThatItMayHaveMissedSomething) {
  const auto server = start();
  const auto store = open(server->url("postgres"));
  const std::uint64_t before = *store->version();
  server->crash();
  server->restart();
  ASSERT_TRUE(patiently([&] { return store->watch(milliseconds(1)); }));
  ASSERT_TRUE(patiently([&] { return store->watch(milliseconds(1)); }));
  EXPECT_NE(*store->version(), before);
}

TEST(PostgresServerTest, IsTransientWhileTheServerHangsAndNeverHangsItself) {
  const auto server = start();
  const auto store = open(server->url("postgres"));
  ASSERT_TRUE(create(*store, 1));
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  server->pause();
  const auto began = steady_clock::now();
  const auto birth = create(*store, 2);
  const auto beacon = store->beat({"w", "k", "2"}, "1");
  const auto opened = PostgresKeyStore::make(server->url("postgres"), {});
  const auto took = steady_clock::now() - began;
  server->resume();
  ASSERT_FALSE(birth);
  EXPECT_EQ(birth.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(birth.error().message(), HasSubstr("did not answer in time"));
  ASSERT_FALSE(beacon);
  EXPECT_EQ(beacon.error().kind(), ErrorKind::kTransient);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind(), ErrorKind::kTransient);
  EXPECT_LT(took, seconds(25));

  // Whether the server did it after all or not, the same call again finds out.
  EXPECT_TRUE(patiently([&] { return create(*store, 2); }));
  EXPECT_THAT(*patiently([&] { return store->scan(std::nullopt, 10); }), SizeIs(2));
}

// The commit is done, the answer is lost: neither the same beacon nor the next one is a rollback.
TEST(PostgresServerTest, TakesABeaconWhoseAnswerWasLostForItsOwn) {
  for (const char* next : {"2", "3"}) {
    const auto server = start();
    const auto store = open(server->url("postgres"));
    ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
    server->pause();
    EXPECT_FALSE(store->beat({"w", "k", "2"}, "1"));
    server->resume();
    // It may not have read what it was sent.
    lethe::testing::postgres_query(server->url("postgres"),
                                   "update lethe.beacon set value = '2' where value = '1'");
    const auto again = patiently([&] { return store->beat({"w", "k", next}, "1"); });
    EXPECT_TRUE(again) << again.error().message();
    Position position;
    EXPECT_TRUE(patiently([&] { return store->marks_since(position); }));
  }
}

TEST(PostgresServerTest, RefusesAStandbyAndAPromotedOneThatLags) {
  const auto primary = start();
  const auto store = open(primary->url("postgres"));
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  const auto standby = PostgresServer::standby_of(*primary);

  const auto reading = PostgresKeyStore::make(standby->url("postgres"), {});
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().kind(), ErrorKind::kTransient) << "it may be promoted";

  // A worker that knows both; the standby misses the last beacon and the last fence.
  const std::string both = "postgresql://test:test@" + primary->host_and_port() + "," +
                           standby->host_and_port() + "/postgres?connect_timeout=2";
  const auto worker = open(both, false);
  ASSERT_TRUE(worker->beat({"v", "k", "1"}, ""));
  const auto has_arrived = [&] {
    return lethe::testing::postgres_query(standby->url("postgres"),
                                          "select count(*) from lethe.beacon where worker = 'v'") ==
           "1";
  };
  while (!has_arrived()) std::this_thread::sleep_for(milliseconds(10));
  standby->crash();
  FenceRow fence;
  fence.version = 1;
  fence.key = fence.value = "{}";
  ASSERT_EQ(*store->append_fence(fence, {}), Fencing::kAppended);
  ASSERT_TRUE(worker->beat({"v", "k", "2"}, "1"));
  primary->crash();
  standby->restart();
  standby->promote();

  const auto beacon = patiently([&] { return worker->beat({"v", "k", "3"}, "2"); });
  ASSERT_FALSE(beacon) << "the fence would be forgotten";
  EXPECT_EQ(beacon.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(beacon.error().message(), HasSubstr("a standby that lags took over"));
  Position position;
  const auto marks = patiently([&] { return worker->marks_since(position); });
  ASSERT_FALSE(marks);
  EXPECT_EQ(marks.error().kind(), ErrorKind::kBadConfig);
}

}  // namespace
}  // namespace lethe::kms::store
