// SPDX-License-Identifier: Apache-2.0
#include "worker/inbox/inbox.h"

#include <deque>
#include <thread>

#include "tests/unit/worker/inbox/office.h"

namespace lethe::worker::inbox {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

struct Script {
  std::deque<Result<bool>> answers;  // then: nothing to do
  int advanced = 0;
  int rested = 0;
  bool closed = false;
  std::function<void()> on_advance = [] {};
};

class ScriptedStep final : public Step {
 public:
  ScriptedStep(std::string name, Script& script) : name_(std::move(name)), script_(script) {}
  std::string_view name() const noexcept override { return name_; }
  Result<bool> advance(const std::stop_token&) override {
    ++script_.advanced;
    script_.on_advance();
    if (script_.answers.empty()) return false;
    Result<bool> answer = script_.answers.front();
    script_.answers.pop_front();
    return answer;
  }
  void rest(milliseconds, const std::stop_token&) override { ++script_.rested; }
  Result<void> close() override {
    script_.closed = true;
    return transient("the broker is away");
  }

 private:
  const std::string name_;
  Script& script_;
};

class InboxTest : public testing::Test {
 protected:
  InboxTest() {
    Inbox::Parts parts;
    auto& steps = parts.steps;
    steps.push_back(std::make_unique<ScriptedStep>("one", one_));
    steps.push_back(std::make_unique<ScriptedStep>("two", two_));
    inbox_ = std::make_unique<Inbox>(std::move(parts), log_, clock_, [] { return 1.0; });
  }

  Script one_, two_;
  log::RecordingLog log_;
  StillClock clock_;
  std::unique_ptr<Inbox> inbox_;
};

TEST_F(InboxTest, AFailingStepBacksOffAndHoldsUpNoOther) {
  one_.answers = {transient("away"), transient("away")};
  two_.answers = {true, true};
  EXPECT_TRUE(inbox_->turn({}));
  EXPECT_TRUE(inbox_->turn({}));
  EXPECT_EQ(one_.advanced, 1);
  EXPECT_EQ(one_.rested, 1);
  EXPECT_EQ(two_.advanced, 2);
  clock_.advance(milliseconds(500));
  EXPECT_FALSE(inbox_->turn({}));
  EXPECT_EQ(one_.advanced, 2);
  clock_.advance(milliseconds(999));  // the second pause is twice as long
  inbox_->turn({});
  EXPECT_EQ(one_.advanced, 2);
  clock_.advance(milliseconds(1));
  inbox_->turn({});
  EXPECT_EQ(one_.advanced, 3);
}

TEST_F(InboxTest, TheLogHearsOfTroubleOncePerChange) {
  one_.answers = {transient("away"), transient("away"), bad_config("wrong"), false,
                  transient("away")};
  for (int i = 0; i < 5; ++i) {
    inbox_->turn({});
    clock_.advance(milliseconds(60'000));
  }
  EXPECT_THAT(log_.lines(),
              ElementsAre("warning the erasure inbox waits part=one kind=transient reason=away",
                          "error the erasure inbox waits part=one kind=bad_config reason=wrong",
                          "info the erasure inbox goes on part=one",
                          "warning the erasure inbox waits part=one kind=transient reason=away"));
}

TEST_F(InboxTest, RunsUntilItIsStoppedAndClosesEveryStep) {
  std::stop_source stop;
  two_.on_advance = [&] {
    if (two_.advanced == 3) stop.request_stop();
  };
  one_.answers = {true, true, true};
  std::jthread thread([&] { inbox_->run(stop.get_token()); });
  thread.join();
  EXPECT_EQ(two_.advanced, 3);
  EXPECT_TRUE(one_.closed && two_.closed);
  EXPECT_THAT(log_.lines().back(), "info the erasure inbox is closed");
}

TEST_F(InboxTest, AStopIsNoTrouble) {
  std::stop_source stop;
  one_.on_advance = [&] { stop.request_stop(); };
  one_.answers = {transient("stopped while waiting")};
  inbox_->turn(stop.get_token());
  EXPECT_EQ(two_.advanced, 0);
  EXPECT_TRUE(log_.lines().empty());
}

}  // namespace
}  // namespace lethe::worker::inbox
