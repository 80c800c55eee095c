// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "connectors/file/stream_sink.h"
#include "connectors/file/stream_source.h"
#include "connectors/testing/owned_record.h"

namespace lethe::connectors::file {
namespace {

using connectors::testing::batch_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct NoRebalance final : RebalanceListener {
  Result<void> release(std::span<const Position>, bool) override { return {}; }
};

class StreamTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
  void TearDown() override {
    shut(0);
    shut(1);
  }
  void shut(int end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  void send(const std::string& bytes) {
    ASSERT_EQ(::write(ends_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  std::vector<std::string> read(StreamSource& source) {
    auto batch = source.read({}, listener_);
    EXPECT_TRUE(batch);
    std::vector<std::string> values;
    for (const Record& record : batch->records) values.emplace_back(text(record.in.value));
    last_ = std::move(*batch);
    return values;
  }

  int ends_[2] = {-1, -1};
  NoRebalance listener_;
  Batch last_;
};

TEST_F(StreamTest, HandsOutWhatHasComeAndEndsWhenTheWriterCloses) {
  auto source = *StreamSource::make({.fd = ends_[0]});
  send("a\nb\nhal");
  EXPECT_THAT(read(*source), ElementsAre("a", "b"));
  EXPECT_EQ(text(last_.records[0].in.topic), "stdin");
  EXPECT_THAT(read(*source), IsEmpty());
  EXPECT_FALSE(last_.end);
  send("f\nlast");
  shut(1);
  EXPECT_THAT(read(*source), ElementsAre("half", "last"));
  EXPECT_TRUE(last_.end);
  EXPECT_THAT(read(*source), IsEmpty());
  EXPECT_TRUE(last_.end);
}

TEST_F(StreamTest, ReadsADescriptorThatDoesNotBlock) {
  ASSERT_EQ(::fcntl(ends_[0], F_SETFL, O_NONBLOCK), 0);
  auto source = *StreamSource::make({.fd = ends_[0]});
  EXPECT_THAT(read(*source), IsEmpty());
  send("a\n");
  EXPECT_THAT(read(*source), ElementsAre("a"));
}

TEST_F(StreamTest, RefusesADescriptorThatIsClosed) {
  const int fd = ends_[0];
  shut(0);
  const auto source = StreamSource::make({.fd = fd});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind(), ErrorKind::kBadConfig);
  EXPECT_FALSE(StreamSink::make({.fd = fd}));
}

TEST_F(StreamTest, RefusesToWriteWhereOneMayOnlyRead) {
  EXPECT_FALSE(StreamSink::make({.fd = ends_[0]}));
}

// SIGPIPE keeps its default here: it would end this program.
TEST_F(StreamTest, SurvivesAReaderThatGoesAway) {
  auto sink = *StreamSink::make({.fd = ends_[1]});
  shut(0);
  const auto written = sink->write(batch_of({{"t", 0, 0, 1, "k", "v", {}}}, 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(written.error().message(), HasSubstr("stdout"));
}

}  // namespace
}  // namespace lethe::connectors::file
