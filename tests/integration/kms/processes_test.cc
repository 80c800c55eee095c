// SPDX-License-Identifier: Apache-2.0
//
// Races and crashes on one SQLite store, and what only a file can show.
#include <sstream>

#include "gmock/gmock.h"
#include "kms/crypto/edek.h"
#include "tests/integration/kms/processes.h"

namespace lethe::kms {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const ProcessesCase kSqlite{"Sqlite", [] { return std::make_shared<const std::string>("sqlite"); }};
INSTANTIATE_TEST_SUITE_P(Stores, Processes, ::testing::Values(kSqlite), case_name);

class SqliteProcesses : public Processes {};
INSTANTIATE_TEST_SUITE_P(Stores, SqliteProcesses, ::testing::Values(kSqlite), case_name);

TEST_P(SqliteProcesses, SeeAnErasureByAnotherProcessInTheirNextBatch) {
  const auto kms = gateway();
  const auto session = kms->session();
  const SealedText sealed = seal_text(*session, "name-0", "hers");
  const SealedText other = seal_text(*session, "other", "his");
  ASSERT_EQ(open_text(*session, sealed), "hers");
  ASSERT_TRUE(shred(0, 1).wait());
  EXPECT_EQ(opening_state(*session, sealed.dek_id), LETHE_KEY_SHREDDED);
  EXPECT_EQ(seal_text(*session, "name-0", "x").state, LETHE_KEY_SHREDDED);
  EXPECT_EQ(open_text(*session, other), "his");
}

TEST_P(SqliteProcesses, LeaveNeitherKeyBytesNorNamesInTheStore) {
  constexpr int kNames = 50;
  ASSERT_TRUE(seal(0, 1, kNames, kBlock).wait());
  auto root =
      std::move(root::LocalFileRoot::make("file-kms://" + store() + "/root.key", {})).value();
  auto keys = std::move(store::SqliteKeyStore::make(store() + "/keys.db", {})).value();
  const auto hierarchy = std::move(Hierarchy::make(*keys, *root, {})).value();

  std::vector<std::string> secrets;
  const auto add = [&](std::span<const std::uint8_t> key) {
    secrets.emplace_back(key.begin(), key.begin() + 8);
    secrets.push_back(to_hex(key.first(8)));
  };
  add(hierarchy->tenant_secret());
  add(hierarchy->active_kek());
  const std::vector<store::EdekRow> rows = *keys->scan(std::nullopt, kNames);
  ASSERT_THAT(rows, SizeIs(kNames));
  for (const store::EdekRow& row : rows) {
    crypto::EdekRecord record;
    crypto::Key dek;
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(row.record.data()),
                          row.record.size());
    ASSERT_EQ(crypto::parse_edek(bytes, record), crypto::EdekError::kNone);
    const crypto::EdekRow place{"default", row.subject.bytes, row.dek_id.bytes, 0};
    ASSERT_EQ(crypto::unwrap_edek(record, place, hierarchy->active_kek(), dek),
              crypto::EdekError::kNone);
    add(dek.bytes());
  }
  std::stringstream on_disk;
  for (const char* file : {"/keys.db", "/keys.db-wal"})
    if (std::filesystem::exists(store() + file))
      on_disk << std::ifstream(store() + file, std::ios::binary).rdbuf();
  const std::string content = on_disk.str();
  ASSERT_THAT(content, HasSubstr(rows[0].record)) << "the rows are looked for where they are";
  for (const std::string& secret : secrets) EXPECT_EQ(content.find(secret), content.npos);
  EXPECT_THAT(content, Not(HasSubstr("name-")));
}

}  // namespace
}  // namespace lethe::kms
