// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/file_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace lethe::connectors::file {
namespace {

using lethe::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct NoRebalance final : RebalanceListener {
  Result<void> release(std::span<const Position>, bool) override { return {}; }
};

class FileSourceTest : public ::testing::Test {
 protected:
  FileSourceOptions followed() {
    return {
        .path = dir_.path("in"), .follow = true, .commit_interval = std::chrono::milliseconds(0)};
  }
  std::unique_ptr<FileSource> open(FileSourceOptions options) {
    auto source = FileSource::make(std::move(options));
    EXPECT_TRUE(source) << source.error().message();
    return std::move(source).value();
  }
  // The values of one read; `last_` keeps its batch.
  std::vector<std::string> read(FileSource& source) {
    auto batch = source.read({}, listener_);
    EXPECT_TRUE(batch) << batch.error().message();
    std::vector<std::string> values;
    for (const Record& record : batch->records) values.emplace_back(text(record.in.value));
    last_ = std::move(*batch);
    return values;
  }
  Error failure_of(FileSource& source) {
    const auto batch = source.read({}, listener_);
    EXPECT_FALSE(batch);
    return batch ? internal("none") : batch.error();
  }

  TempDir dir_;
  NoRebalance listener_;
  Batch last_;
};

TEST_F(FileSourceTest, NumbersRecordsByTheirLinesAndLeavesBlankOnesOut) {
  dir_.write("in", "a\n\n\r\nb\r\n");
  const auto source = open({.path = dir_.path("in")});
  EXPECT_THAT(read(*source), ElementsAre("a", "b\r"));
  EXPECT_EQ(last_.records[0].in.offset, 1);
  EXPECT_EQ(last_.records[1].in.offset, 4);
  EXPECT_EQ(text(last_.records[1].in.topic), "in");
  EXPECT_EQ(last_.records[1].in.partition, -1);
}

TEST_F(FileSourceTest, TakesALastLineWithoutNewlineAsARecord) {
  dir_.write("in", "a\nb");
  const auto source = open({.path = dir_.path("in")});
  EXPECT_THAT(read(*source), ElementsAre("a", "b"));
  EXPECT_TRUE(last_.end);
}

TEST_F(FileSourceTest, EndsAtOnceOnAnEmptyFile) {
  dir_.write("in", "");
  const auto source = open({.path = dir_.path("in")});
  EXPECT_THAT(read(*source), IsEmpty());
  EXPECT_TRUE(last_.end);
}

TEST_F(FileSourceTest, ReadsLinesThatAreLongerThanItsBlocks) {
  const std::string large(3'000'000, 'x');
  dir_.write("in", "a\n" + large + "\nb\n" + large);
  const auto source = open({.path = dir_.path("in")});
  std::vector<std::string> all;
  while (!last_.end) {
    for (std::string& value : read(*source)) all.push_back(std::move(value));
  }
  EXPECT_THAT(all, ElementsAre("a", large, "b", large));
}

TEST_F(FileSourceTest, NamesALineThatIsTooLongAndStaysThere) {
  dir_.write("in", "a\n" + std::string(3'000'000, 'x') + "\nb\n");
  const auto source = open({.path = dir_.path("in"), .max_line = 1'500'000});
  EXPECT_THAT(read(*source), ElementsAre("a"));
  const Error error = failure_of(*source);
  EXPECT_EQ(error.kind(), ErrorKind::kBadRecord);
  EXPECT_THAT(error.message(), HasSubstr("line 2"));
  EXPECT_EQ(failure_of(*source).kind(), ErrorKind::kBadRecord);
}

TEST_F(FileSourceTest, HandsOutALineThatCannotBeTakenApartAsAFailedRecord) {
  dir_.write("in", "{\"id\":1}\nbroken\n");
  const auto source = open({.path = dir_.path("in"), .format = {.key_field = "id"}});
  EXPECT_THAT(read(*source), ElementsAre("{\"id\":1}", "broken"));
  EXPECT_FALSE(last_.records[0].failed);
  EXPECT_TRUE(last_.records[1].failed);
  EXPECT_EQ(last_.records[1].error_kind, ErrorKind::kBadRecord);
}

TEST_F(FileSourceTest, RefusesAFileThatIsNotThere) {
  const auto source = FileSource::make({.path = dir_.path("none")});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(source.error().message(), HasSubstr(dir_.path("none")));
  EXPECT_FALSE(FileSource::make({.path = dir_.path("")}));
}

TEST_F(FileSourceTest, WaitsForTheRestOfALineThatIsBeingWritten) {
  dir_.write("in", "a\nhalf");
  const auto source = open(followed());
  EXPECT_THAT(read(*source), ElementsAre("a"));
  EXPECT_THAT(read(*source), IsEmpty());
  dir_.write("in", " and half\n", std::ios::app);
  EXPECT_THAT(read(*source), ElementsAre("half and half"));
}

TEST_F(FileSourceTest, KeepsLineNumbersOverARestart) {
  dir_.write("in", "a\nb\n");
  auto source = open(followed());
  read(*source);
  ASSERT_TRUE(source->commit(last_.checkpoint));
  ASSERT_TRUE(source->close());
  EXPECT_THAT(TempDir::read(dir_.path("in.lethe-position")), ::testing::EndsWith(" 4 2\n"));
  dir_.write("in", "c\n", std::ios::app);
  source = open(followed());
  EXPECT_THAT(read(*source), ElementsAre("c"));
  EXPECT_EQ(last_.records[0].in.offset, 3);
}

TEST_F(FileSourceTest, SaysWhenTheFileItFollowsWasCut) {
  dir_.write("in", "aaaa\nbbbb\n");
  const auto source = open(followed());
  read(*source);
  ASSERT_TRUE(source->commit(last_.checkpoint));
  dir_.write("in", "a\n");
  EXPECT_THAT(failure_of(*source).message(), HasSubstr("became shorter"));
  const auto again = FileSource::make(followed());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(again.error().message(), HasSubstr("in.lethe-position"));
}

TEST_F(FileSourceTest, SaysWhenTheFileItFollowsWasReplaced) {
  dir_.write("in", "a\n");
  const auto source = open(followed());
  read(*source);
  ASSERT_TRUE(source->commit(last_.checkpoint));
  dir_.write("new", "b\nc\n");
  std::filesystem::rename(dir_.path("new"), dir_.path("in"));
  EXPECT_THAT(failure_of(*source).message(), HasSubstr("was replaced"));
  EXPECT_FALSE(FileSource::make(followed()));
  std::filesystem::remove(dir_.path("in.lethe-position"));
  EXPECT_THAT(read(*open(followed())), ElementsAre("b", "c"));
}

TEST_F(FileSourceTest, RefusesAPositionThatIsNone) {
  dir_.write("in", "a\n");
  for (const char* text : {"", "x", "lethe-position 1 1 2\n", "lethe-position 2 1 2 3\n",
                           "lethe-position 1 1 2 3", "lethe-position 1 -1 2 3\n"}) {
    dir_.write("in.lethe-position", text);
    const auto source = FileSource::make(followed());
    ASSERT_FALSE(source) << text;
    EXPECT_EQ(source.error().kind(), ErrorKind::kBadConfig);
  }
}

TEST_F(FileSourceTest, WritesNoPositionForAFileThatEachRunReadsWhole) {
  dir_.write("in", "a\n");
  const auto source = open({.path = dir_.path("in")});
  read(*source);
  ASSERT_TRUE(source->commit(last_.checkpoint));
  ASSERT_TRUE(source->close());
  EXPECT_FALSE(std::filesystem::exists(dir_.path("in.lethe-position")));
}

}  // namespace
}  // namespace lethe::connectors::file
