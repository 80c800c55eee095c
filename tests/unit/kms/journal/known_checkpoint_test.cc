// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/known_checkpoint.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "tests/support/kms/fake_key_store.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class KnownCheckpointTest : public ::testing::Test {
 protected:
  KnownCheckpointTest() : journal_(samples::open(store_)) {
    samples::append_all(*journal_, samples::history());
  }
  KnownCheckpoint known() const { return {folder_.path("data"), "00112233"}; }

  // A journal over a store that holds the first `count` entries of this one.
  std::unique_ptr<Journal> rolled_back(std::size_t count) {
    old_store_ = std::make_unique<store::MemoryKeyStore>();
    const std::vector<store::JournalRow> rows = store_.journal(0, count).value();
    for (const store::JournalRow& row : rows) EXPECT_TRUE(old_store_->append_journal(row).value());
    return samples::open(*old_store_);
  }

  lethe::testing::TempDir folder_;
  store::MemoryKeyStore store_;
  std::unique_ptr<store::MemoryKeyStore> old_store_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(KnownCheckpointTest, IsNothingAtFirstAndThenTheLastOneSeen) {
  EXPECT_EQ(known().load().value(), std::nullopt);
  EXPECT_TRUE(known().check(*journal_));
  ASSERT_TRUE(known().update(*journal_));
  EXPECT_EQ(known().load().value(), journal_->checkpoint().value());
  samples::append_all(*journal_, {samples::fenced("er-2")});
  EXPECT_TRUE(known().check(*journal_));
  ASSERT_TRUE(known().update(*journal_));
  EXPECT_EQ(known().load().value(), journal_->checkpoint().value());
}

TEST_F(KnownCheckpointTest, IsAFileOfItsOwnerAlone) {
  ASSERT_TRUE(known().update(*journal_));
  struct stat status {};
  ASSERT_EQ(::stat(known().path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder_.path("data").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path("data")),
                          std::filesystem::directory_iterator()),
            1);
}

TEST_F(KnownCheckpointTest, RefusesAStoreThatWasRolledBack) {
  ASSERT_TRUE(known().update(*journal_));
  const auto old = rolled_back(4);
  for (const Result<void>& outcome : {known().check(*old), known().update(*old)}) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(outcome.error().message(),
                AllOf(HasSubstr("rolled back"), HasSubstr("lethe keys restore"),
                      HasSubstr("BAD_CHECKPOINT")));
  }
  EXPECT_EQ(known().load().value(), journal_->checkpoint().value());
}

TEST_F(KnownCheckpointTest, RefusesAStoreThatWentAnotherWay) {
  ASSERT_TRUE(known().update(*journal_));
  const auto other = rolled_back(4);
  for (int i = 0; i < 10; ++i)
    samples::append_all(*other, {samples::fenced("er-1" + std::to_string(i))});
  ASSERT_GT(other->size(), journal_->size());
  EXPECT_FALSE(known().check(*other));
  EXPECT_FALSE(known().update(*other));
}

TEST_F(KnownCheckpointTest, RefusesADamagedFileAndAnotherKeysNote) {
  ASSERT_TRUE(known().update(*journal_));
  EXPECT_THAT(known().check(*samples::open(store_, samples::kOtherSeed)).error().message(),
              HasSubstr("BAD_SIGNATURE"));
  std::filesystem::resize_file(known().path(), 20);
  EXPECT_FALSE(known().check(*journal_));
  std::ofstream(known().path()) << std::string(100'000, 'x');
  EXPECT_FALSE(known().load());
  std::filesystem::remove(known().path());
  std::filesystem::create_symlink("/dev/null", known().path());
  EXPECT_FALSE(known().load());
}

TEST_F(KnownCheckpointTest, NeverShrinksWhenWorkersShareTheFolder) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const auto own = samples::open(store_);
      for (int e = 0; e < 10; ++e) {
        ASSERT_TRUE(own->append(samples::fenced("t" + std::to_string(t * 10 + e))));
        const auto updated = known().update(*own);
        ASSERT_TRUE(updated) << updated.error().message();
      }
    });
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(journal_->catch_up());
  EXPECT_EQ(journal_->size(), 50u);
  EXPECT_EQ(known().load().value(), journal_->checkpoint().value());
}

}  // namespace
}  // namespace lethe::kms::journal
