// SPDX-License-Identifier: Apache-2.0
//
// What is SQLite's own: the file, its modes, what is refused as a store, and what stays on disk.
// The rest is the contract test.
#include "kms/store/sqlite_key_store.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms::store {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SqliteKeyStoreTest : public ::testing::Test {
 protected:
  std::string file() const { return folder_.path("data/keys.db"); }
  Result<std::unique_ptr<SqliteKeyStore>> open() { return SqliteKeyStore::make(file(), {}); }
  std::unique_ptr<SqliteKeyStore> create() {
    return std::move(SqliteKeyStore::make(file(), {.create = true})).value();
  }
  void write(const std::string& content) {
    std::filesystem::create_directories(folder_.path("data"));
    std::ofstream(file(), std::ios::binary) << content;
  }
  static mode_t mode(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }
  // All bytes of the store's files.
  std::string on_disk() const {
    std::stringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path("data")))
      if (entry.file_size() > 0) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    return all.str();
  }
  static EdekRow row(std::uint8_t n) {
    EdekRow edek;
    edek.subject.bytes.fill(n);
    edek.dek_id.bytes.fill(n);
    edek.suite = 1;
    edek.record = "wrapped key that must leave the disk " + std::to_string(n);
    return edek;
  }

  lethe::testing::TempDir folder_;
};

TEST_F(SqliteKeyStoreTest, IsNotMadeUnlessThatIsAskedFor) {
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(refused.error().message(), HasSubstr("keys init"));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(SqliteKeyStoreTest, IsClosedToOthers) {
  const auto store = create();
  ASSERT_TRUE(store->create_all(std::vector{row(1)}));
  EXPECT_EQ(mode(folder_.path("data")), 0700u);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path("data")))
    EXPECT_EQ(mode(entry.path()), 0600u) << entry.path();
}

TEST_F(SqliteKeyStoreTest, KeepsItsRowsOverARestart) {
  ASSERT_TRUE(create()->create_all(std::vector{row(1)}));
  const auto again = open();
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_THAT(*(*again)->look_up(std::vector{row(1).subject}), SizeIs(1));
  EXPECT_TRUE((*again)->shared());
  EXPECT_THAT(std::string((*again)->name()), HasSubstr(file()));
}

TEST_F(SqliteKeyStoreTest, RefusesAFileThatIsNoStore) {
  write("This is not a database, but long enough to be taken for one by somebody careless.");
  for (const bool may_create : {false, true}) {
    const auto refused = SqliteKeyStore::make(file(), {.create = may_create});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(refused.error().message(), HasSubstr("not a Lethe key store"));
  }
}

TEST_F(SqliteKeyStoreTest, RefusesTheDatabaseOfSomebodyElse) {
  // The header of a database of another application: its application id is at byte 68.
  create();
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(68);
  stream.write("\x01\x02\x03\x04", 4);
  stream.close();
  EXPECT_THAT(open().error().message(), HasSubstr("not a Lethe key store"));
}

TEST_F(SqliteKeyStoreTest, RefusesANewerLayout) {
  create();
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(60);  // user version
  stream.write("\0\0\0\3", 4);
  stream.close();
  EXPECT_THAT(open().error().message(), HasSubstr("newer version"));
}

TEST_F(SqliteKeyStoreTest, BringsAnOlderLayoutUpToDate) {
  create();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(database, "drop table beacon; drop table journal; pragma user_version = 1;",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(database);
  for (int twice = 0; twice < 2; ++twice) {
    auto store = open();
    ASSERT_TRUE(store) << store.error().message();
    EXPECT_TRUE((*store)->beacons()->empty());
    EXPECT_TRUE((*store)->journal(0, 1)->empty());
  }
}

TEST_F(SqliteKeyStoreTest, RefusesToBeatAfterItWasPutBack) {
  create();
  auto store = std::move(open()).value();
  ASSERT_TRUE(store->beat({"w", "k", "1"}, ""));
  ASSERT_TRUE(store->beat({"w", "k", "2"}, "1"));
  const auto refused = store->beat({"w", "k", "4"}, "3");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);
  EXPECT_FALSE(store->beat({"w", "k", "1"}, "")) << "nobody else has this worker's name";
}

TEST_F(SqliteKeyStoreTest, RefusesAFileThatOthersMayWrite) {
  create();
  ASSERT_EQ(::chmod(file().c_str(), 0620), 0);
  EXPECT_THAT(open().error().message(), HasSubstr("chmod"));
}

TEST_F(SqliteKeyStoreTest, FinishesWhatACrashLeftEmpty) {
  write("");
  EXPECT_THAT(open().error().message(), HasSubstr("empty"));
  EXPECT_TRUE(create()->create_all(std::vector{row(1)}));
  EXPECT_TRUE(open());
}

TEST_F(SqliteKeyStoreTest, IsMadeOnceByManyStarters) {
  std::vector<std::unique_ptr<SqliteKeyStore>> stores(6);
  std::vector<std::thread> threads;
  for (auto& store : stores) threads.emplace_back([&] { store = create(); });
  for (std::thread& thread : threads) thread.join();
  std::vector<ControlRow> adopted;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const std::vector<ControlRow> mine = {{"store", std::to_string(i)}};
    const auto rows = *stores[i]->adopt_control(mine);
    if (i == 0) adopted = rows;
    EXPECT_EQ(rows, adopted);
  }
}

TEST_F(SqliteKeyStoreTest, LeavesNoByteOfAnErasedKeyOnDisk) {
  const auto store = create();
  ASSERT_TRUE(store->create_all(std::vector{row(1), row(2)}));
  ASSERT_THAT(on_disk(), HasSubstr(row(1).record));
  const FenceRow fence{row(1).subject, 1, "key", "value"};
  const std::vector<ErasedRow> erased = {{row(1).dek_id, "key", "value"}};
  ASSERT_EQ(*store->append_fence(fence, erased), Fencing::kAppended);
  EXPECT_THAT(on_disk(), Not(HasSubstr(row(1).record)));
  EXPECT_THAT(on_disk(), HasSubstr(row(2).record));
}

TEST_F(SqliteKeyStoreTest, WritesAllRowsOfABatchOrNone) {
  const auto store = create();
  ASSERT_TRUE(store->create_all(std::vector{row(1)}));
  EdekRow impossible = row(3);
  impossible.dek_id = row(1).dek_id;  // one key under two subjects
  EXPECT_FALSE(store->create_all(std::vector{row(2), impossible}));
  EXPECT_THAT(*store->look_up(std::vector{row(2).subject, row(3).subject}), IsEmpty());
  EXPECT_TRUE(store->create_all(std::vector{row(2)})) << "the store goes on";
}

}  // namespace
}  // namespace lethe::kms::store
