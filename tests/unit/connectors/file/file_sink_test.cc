// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/file_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "connectors/testing/owned_record.h"
#include "tests/support/temp_dir.h"

namespace lethe::connectors::file {
namespace {

using connectors::testing::batch_of;
using connectors::testing::OwnedRecord;
using lethe::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::chrono::seconds kDeadline{5};

class FileSinkTest : public ::testing::Test {
 protected:
  std::unique_ptr<FileSink> open(FileSinkOptions options) {
    auto sink = FileSink::make(std::move(options));
    EXPECT_TRUE(sink) << sink.error().message();
    return std::move(sink).value();
  }
  std::unique_ptr<FileSink> open(bool follow = false) {
    return open(FileSinkOptions{.path = path_, .follow = follow});
  }
  static Batch batch(std::string value, std::uint64_t sequence = 1) {
    return batch_of({OwnedRecord{"t", 0, 0, 1, "k", std::move(value), {}}}, sequence);
  }
  std::string content() const { return TempDir::read(path_); }

  TempDir dir_;
  std::string path_ = dir_.path("out");
};

TEST_F(FileSinkTest, ReplacesTheOldFileOnlyWhenItIsClosed) {
  dir_.write("out", "old\n");
  const auto sink = open();
  ASSERT_TRUE(sink->write(batch("new")));
  EXPECT_EQ(content(), "old\n");
  ASSERT_TRUE(sink->drain(kDeadline));
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(content(), "new\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".lethe-tmp"));
}

TEST_F(FileSinkTest, LeavesTheOldFileAndNothingElseWhenTheRunFails) {
  dir_.write("out", "old\n");
  {
    const auto sink = open();
    ASSERT_TRUE(sink->write(batch("new")));
  }
  EXPECT_EQ(content(), "old\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".lethe-tmp"));
}

TEST_F(FileSinkTest, KeepsTheModeOfTheFileThatItReplaces) {
  dir_.write("out", "old\n");
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  ASSERT_TRUE(open()->close());
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(FileSinkTest, ReplacesWhatASymbolicLinkPointsTo) {
  dir_.write("real", "old\n");
  std::filesystem::create_symlink(dir_.path("real"), path_);
  const auto sink = open();
  ASSERT_TRUE(sink->write(batch("new")));
  ASSERT_TRUE(sink->close());
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(TempDir::read(dir_.path("real")), "new\n");
}

TEST_F(FileSinkTest, WritesADeviceInPlace) {
  const auto sink = open(FileSinkOptions{.path = "/dev/null"});
  ASSERT_TRUE(sink->write(batch("gone")));
  EXPECT_THAT(sink->abandon(), SizeIs(1));
  ASSERT_TRUE(sink->close());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(FileSinkTest, AppendsWhenItFollows) {
  dir_.write("out", "old\n");
  const auto sink = open(true);
  ASSERT_TRUE(sink->write(batch("new")));
  EXPECT_EQ(content(), "old\nnew\n");
}

TEST_F(FileSinkTest, ConfirmsAnAppendedBatchOnlyOnceItIsFlushed) {
  const auto sink =
      open(FileSinkOptions{.path = path_, .follow = true, .sync_interval = std::chrono::hours(1)});
  ASSERT_TRUE(sink->write(batch("a")));
  EXPECT_THAT(sink->durable()->confirmed, IsEmpty());
  EXPECT_GT(sink->in_flight_bytes(), 0u);
  ASSERT_TRUE(sink->drain(kDeadline));
  EXPECT_THAT(sink->durable()->confirmed, SizeIs(1));
}

TEST_F(FileSinkTest, MovesATornLastLineOutOfTheWay) {
  const std::string torn(200'000, 't');
  dir_.write("out", "whole\n" + torn);
  const auto sink = open(true);
  ASSERT_TRUE(sink->write(batch("new")));
  EXPECT_EQ(content(), "whole\nnew\n");
  EXPECT_EQ(TempDir::read(path_ + ".lethe-torn"), torn + "\n");
}

TEST_F(FileSinkTest, TakesAbandonedLinesBackButNoOthers) {
  dir_.write("out", "old\n");
  const auto sink = open(true);
  ASSERT_TRUE(sink->write(batch("kept", 1)));
  ASSERT_TRUE(sink->drain(kDeadline));
  ASSERT_THAT(sink->durable()->confirmed, SizeIs(1));
  ASSERT_TRUE(sink->write(batch("abandoned", 2)));
  EXPECT_THAT(sink->abandon(), SizeIs(1));
  EXPECT_EQ(content(), "old\nkept\n");
}

TEST_F(FileSinkTest, RefusesASecondWriterOfTheSameFile) {
  for (const bool follow : {false, true}) {
    const auto first = open(follow);
    const auto second = FileSink::make({.path = path_, .follow = follow});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(second.error().message(), HasSubstr("another process writes"));
  }
}

TEST_F(FileSinkTest, RefusesAFolderThatIsNotThere) {
  const auto sink = FileSink::make({.path = dir_.path("none/out")});
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind(), ErrorKind::kBadConfig);
  EXPECT_FALSE(FileSink::make({.path = dir_.path("")}));
}

TEST_F(FileSinkTest, SaysWhenTheDiskIsFullAndKeepsTheBatch) {
  const auto sink = open(FileSinkOptions{.path = "/dev/full"});
  const auto written = sink->write(batch("a"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kTransient);
  EXPECT_THAT(sink->durable()->confirmed, IsEmpty());
  EXPECT_THAT(sink->abandon(), SizeIs(1));
}

TEST_F(FileSinkTest, LeavesDeadLettersToAnotherSinkAndTakesNone) {
  const auto sink = open();
  Batch letters = batch("letter");
  letters.records[0].route = Route::kDeadLetter;
  ASSERT_TRUE(sink->write(std::move(letters)));
  ASSERT_TRUE(sink->write(batch("{\n}", 2)));
  const auto news = sink->durable();
  ASSERT_EQ(news->refused.size(), 1u);
  EXPECT_FALSE(sink->settle_refused(news->refused[0], Route::kDeadLetter));
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(content(), "");
}

TEST_F(FileSinkTest, WritesWholeRecordsInEnvelopes) {
  const auto sink = open(FileSinkOptions{.path = path_, .envelope = true});
  ASSERT_TRUE(sink->write(batch("{\n}")));
  ASSERT_TRUE(sink->close());
  EXPECT_EQ(content(),
            "{\"envelope\":1,\"topic\":\"t\",\"partition\":0,\"offset\":0,\"timestamp\":1,"
            "\"key\":\"k\",\"value_b64\":\"ewp9\"}\n");
}

}  // namespace
}  // namespace lethe::connectors::file
