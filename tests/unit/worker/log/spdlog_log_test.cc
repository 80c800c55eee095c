// SPDX-License-Identifier: Apache-2.0

#include "worker/log/spdlog_log.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace lethe::worker::log {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(SpdlogLog, WritesReadableTextWithFieldsAfterTheMessage) {
  std::ostringstream out;
  SpdlogLog::to_stream(out, Format::kText, Level::kInfo)
      ->warning("task waits",
                {{"pipeline", "customers"}, {"task", 1}, {"reason", "store is away"}});
  EXPECT_THAT(out.str(), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z warning .*\n"));
  EXPECT_THAT(out.str(),
              EndsWith("task waits pipeline=customers task=1 reason=\"store is away\"\n"));
}

TEST(SpdlogLog, WritesOneJsonObjectPerLine) {
  std::ostringstream out;
  SpdlogLog::to_stream(out, Format::kJson, Level::kInfo)
      ->error("said \"no\"", {{"path", "a\nb"}, {"offset", -1}});
  EXPECT_THAT(out.str(), MatchesRegex("[{]\"time\":\"[0-9T:.-]{23}Z\",.*\n"));
  EXPECT_THAT(out.str(),
              EndsWith(R"("level":"error","message":"said \"no\"","path":"a\nb","offset":-1})"
                       "\n"));
}

TEST(SpdlogLog, KeepsALineALineWhateverTheMessageHolds) {
  for (const Format format : {Format::kText, Format::kJson}) {
    std::ostringstream out;
    SpdlogLog::to_stream(out, format, Level::kInfo)->info("a\nb\x1b[31m{}%v", {{"x", "\r\n\x7f"}});
    const std::string line = out.str();
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_THAT(line, HasSubstr("a\\nb\\u001b[31m{}%v"));
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    EXPECT_THAT(line, Not(HasSubstr("\x7f")));
  }
}

TEST(SpdlogLog, LeavesOutWhatIsBelowItsLevel) {
  std::ostringstream out;
  const auto log = SpdlogLog::to_stream(out, Format::kText, Level::kWarning);
  log->debug("one");
  log->info("two");
  EXPECT_EQ(out.str(), "");
  log->warning("three");
  EXPECT_THAT(out.str(), HasSubstr("three"));
}

TEST(SpdlogLog, KeepsLinesOfSeveralThreadsApart) {
  std::ostringstream out;
  const auto log = SpdlogLog::to_stream(out, Format::kJson, Level::kInfo);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) log->info("hello", {{"n", n}});
    });
  for (std::thread& thread : threads) thread.join();
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_THAT(line, MatchesRegex(R"(\{"time".*"message":"hello","n":[0-9]+\})"));
  EXPECT_EQ(count, 400);
}

TEST(Level, IsSpelledAsOnTheCommandLine) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError})
    EXPECT_EQ(parse_level(to_string(level)), level);
  EXPECT_EQ(parse_level("verbose"), std::nullopt);
}

}  // namespace
}  // namespace lethe::worker::log
