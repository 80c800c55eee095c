// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/rehearsal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace lethe::worker::loader {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Rehearsal, AnswersWhatTheAttemptAnswered) {
  EXPECT_TRUE(rehearse("a.so", [] { return Result<void>(); }).has_value());
  const auto outcome = rehearse("a.so", [] { return Result<void>(bad_config("a.so: no")); });
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kBadConfig);
  EXPECT_EQ(outcome.error().message(), "a.so: no");
}

TEST(Rehearsal, CarriesALongComplaintWhole) {
  const std::string complaint(100'000, 'x');
  const auto outcome = rehearse("a.so", [&] { return Result<void>(bad_config(complaint)); });
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().message(), complaint);
}

TEST(Rehearsal, LeavesNoTraceOfTheAttemptHere) {
  int touched = 0;
  const auto attempt = [&] {
    touched = 1;
    return Result<void>();
  };
  EXPECT_TRUE(rehearse("a.so", attempt).has_value());
  EXPECT_EQ(touched, 0);
}

TEST(Rehearsal, TellsHowTheAttemptDied) {
  const auto killed = rehearse("a.so", []() -> Result<void> {
    ::raise(SIGKILL);
    return {};
  });
  ASSERT_FALSE(killed.has_value());
  EXPECT_THAT(killed.error().message(), StartsWith("a.so: "));
  EXPECT_THAT(killed.error().message(), HasSubstr("signal 9"));

  const auto left = rehearse("a.so", []() -> Result<void> { ::_exit(3); });
  ASSERT_FALSE(left.has_value());
  EXPECT_THAT(left.error().message(), HasSubstr("exit code 3"));
}

TEST(Rehearsal, IsNotTakenInByAnEarlyExitWithCodeZero) {
  EXPECT_FALSE(rehearse("a.so", []() -> Result<void> { ::_exit(0); }).has_value());
}

TEST(Rehearsal, EndsAnAttemptThatTakesTooLong) {
  const auto forever = []() -> Result<void> {
    while (true) ::pause();
  };
  const auto outcome = rehearse("a.so", forever, milliseconds(20));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_THAT(outcome.error().message(), HasSubstr("did not come to an end"));
}

TEST(Rehearsal, LeavesNoChildBehind) {
  static_cast<void>(rehearse("a.so", [] { return Result<void>(); }));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace lethe::worker::loader
