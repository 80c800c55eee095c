// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/journal_copy.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "kms/journal/witness.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

using ::testing::HasSubstr;

class JournalCopyTest : public ::testing::Test {
 protected:
  JournalCopyTest() : journal_(samples::open(store_)) {
    samples::append_all(*journal_, samples::history());
  }

  std::unique_ptr<Journal> rolled_back(std::size_t count) {
    old_store_ = std::make_unique<store::MemoryKeyStore>();
    const std::vector<store::JournalRow> rows = store_.journal(0, count).value();
    for (const store::JournalRow& row : rows) EXPECT_TRUE(old_store_->append_journal(row).value());
    return samples::open(*old_store_);
  }
  void write(std::string_view text) { std::ofstream(path_, std::ios::binary) << text; }
  std::string read() const { return read_journal_copy(path_).value(); }

  lethe::testing::TempDir folder_;
  const std::string path_ = folder_.path("journal.copy");
  store::MemoryKeyStore store_;
  std::unique_ptr<store::MemoryKeyStore> old_store_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalCopyTest, HasTheLinesOfTheJournalAndIsExtendedWithIt) {
  JournalCopy copy(path_);
  ASSERT_TRUE(copy.update(*journal_));
  EXPECT_EQ(read(), samples::text_of(*journal_));
  samples::append_all(*journal_, {samples::fenced("er-2")});
  ASSERT_TRUE(copy.update(*journal_));
  ASSERT_TRUE(JournalCopy(path_).update(*journal_));
  EXPECT_EQ(read(), samples::text_of(*journal_));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(JournalCopyTest, WritesALineAgainThatACrashCutShort) {
  const std::string whole = samples::text_of(*journal_);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    write(whole.substr(0, size));
    ASSERT_TRUE(JournalCopy(path_).update(*journal_)) << size;
    EXPECT_EQ(read(), whole) << size;
  }
}

TEST_F(JournalCopyTest, IsExtendedByWorkersInTurn) {
  const std::unique_ptr<Journal> other = samples::open(store_);
  JournalCopy first(path_), second(path_);
  ASSERT_TRUE(first.update(*journal_));
  ASSERT_TRUE(second.update(*other));
  samples::append_all(*other, {samples::fenced("er-2")});
  ASSERT_TRUE(second.update(*other));
  ASSERT_TRUE(first.update(*journal_));  // which has not read the new entry itself
  EXPECT_EQ(read(), samples::text_of(*journal_));
}

TEST_F(JournalCopyTest, RefusesAStoreThatWasRolledBack) {
  ASSERT_TRUE(JournalCopy(path_).update(*journal_));
  const std::unique_ptr<Journal> old = rolled_back(4);
  for (const auto& outcome : {JournalCopy(path_).check(*old), JournalCopy(path_).update(*old)}) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(outcome.error().message(), HasSubstr("lethe keys restore"));
  }
  EXPECT_EQ(read(), samples::text_of(*journal_));
}

TEST_F(JournalCopyTest, RefusesAFileThatWasChanged) {
  ASSERT_TRUE(JournalCopy(path_).update(*journal_));
  std::string text = read();
  text[text.size() / 2] ^= 1;
  write(text);
  EXPECT_FALSE(JournalCopy(path_).check(*journal_));
}

TEST_F(JournalCopyTest, IsMadeAnewWhenTheFileWasEmptiedMeanwhile) {
  JournalCopy copy(path_);
  ASSERT_TRUE(copy.update(*journal_));
  write("");
  ASSERT_TRUE(copy.update(*journal_));
  EXPECT_EQ(read(), samples::text_of(*journal_));
}

TEST_F(JournalCopyTest, SaysThatAFileCannotBeWritten) {
  JournalCopy copy(folder_.path("no/such/folder"));
  EXPECT_TRUE(copy.check(*journal_));  // nothing was copied yet
  EXPECT_FALSE(copy.update(*journal_));
}

TEST_F(JournalCopyTest, NothingIsAppendedToAStoreThatItsWitnessRefuses) {
  ASSERT_TRUE(Witness({folder_.path("data"), {}}, "00112233").keep(*journal_));
  store::MemoryKeyStore empty;
  Witness witness({folder_.path("data"), {}}, "00112233");
  const auto opened = Journal::open(empty, samples::signer(),
                                    {"acme", "svc:test", [] { return samples::start(); },
                                     [&](Journal& journal) { return witness.check(journal); }});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("lethe keys restore"));
  EXPECT_TRUE(empty.journal(0, 1).value().empty());
}

TEST_F(JournalCopyTest, AWitnessKnowsWhatAnotherWorkerHasKeptMeanwhile) {
  const std::unique_ptr<Journal> other = samples::open(store_);
  samples::append_all(*other, {samples::fenced("er-2")});
  const Witness::Places places{folder_.path("data"), path_};
  ASSERT_TRUE(Witness(places, "00112233").keep(*other));
  EXPECT_TRUE(Witness(places, "00112233").check(*journal_));
}

}  // namespace
}  // namespace lethe::kms::journal
