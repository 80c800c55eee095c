// SPDX-License-Identifier: Apache-2.0

#include "worker/log/throttling_log.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/unit/worker/log/recording_log.h"

namespace lethe::worker::log {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

struct Throttled : ::testing::Test {
  RecordingLog recorded;
  ThrottlingLog::Clock::time_point now{};
  ThrottlingLog log{
      recorded, {.lines = 2, .interval = seconds(10), .messages = 3}, [this] { return now; }};
};

TEST_F(Throttled, WritesTheFirstLinesAndCountsTheRest) {
  for (int i = 0; i < 7; ++i) log.warning("no such field", {{"offset", i}});
  EXPECT_THAT(recorded.lines(),
              ElementsAre("warning no such field offset=0", "warning no such field offset=1"));
  now += seconds(10);
  log.warning("no such field", {{"offset", 7}});
  EXPECT_THAT(recorded.lines(),
              ElementsAre("warning no such field offset=0", "warning no such field offset=1",
                          "warning no such field repeated=5", "warning no such field offset=7"));
}

TEST_F(Throttled, CountsEachMessageByItself) {
  for (int i = 0; i < 3; ++i) {
    log.warning("one");
    log.error("two");
  }
  EXPECT_THAT(recorded.lines(),
              ElementsAre("warning one", "error two", "warning one", "error two"));
}

TEST_F(Throttled, ReportsRepeatsOfIntervalsThatAreOver) {
  for (int i = 0; i < 3; ++i) log.warning("one");
  log.report_repeats();
  EXPECT_THAT(recorded.lines(), SizeIs(2));
  now += seconds(11);
  log.report_repeats();
  log.report_repeats();
  EXPECT_THAT(recorded.lines(),
              ElementsAre("warning one", "warning one", "warning one repeated=1"));
}

TEST_F(Throttled, BoundsTheMessagesItTellsApart) {
  for (int i = 0; i < 100; ++i) log.info("message " + std::to_string(i));
  EXPECT_THAT(recorded.lines(), SizeIs(3 + 2));
}

TEST(ThrottlingLog, ReportsWhatIsLeftWhenItEnds) {
  RecordingLog recorded;
  {
    ThrottlingLog log(recorded);
    for (int i = 0; i < 8; ++i) log.info("hello");
  }
  EXPECT_THAT(recorded.lines(), SizeIs(6));
  EXPECT_EQ(recorded.lines().back(), "info hello repeated=3");
}

}  // namespace
}  // namespace lethe::worker::log
