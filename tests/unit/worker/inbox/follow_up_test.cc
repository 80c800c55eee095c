// SPDX-License-Identifier: Apache-2.0
#include "worker/inbox/follow_up.h"

#include "tests/unit/worker/inbox/office.h"
#include "worker/inbox/intake.h"

namespace lethe::worker::inbox {
namespace {

using connectors::testing::FakeSource;
using kms::erasure::Stage;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The acknowledgement topic is both written and read: what the sink got is appended to the source.
class FollowUpTest : public testing::Test {
 protected:
  FollowUpTest() { start(); }

  void start() {
    auto source = std::make_unique<FakeSource>(
        topic_, connectors::testing::FakeSourceOptions{.batch_records = 1, .endless = true});
    source_ = source.get();
    step_ = std::make_unique<FollowUp>("acks", std::move(source), office_.erasures, office_.outbox,
                                       office_.log, office_.clock);
  }
  void append(const std::string& value) {
    topic_.push_back(record("acks", static_cast<std::int64_t>(topic_.size()), value));
    source_->append(topic_.back());
  }
  void take(const std::string& id, std::vector<std::string> names,
            std::optional<kms::erasure::Time> execute_at = {}) {
    ErasureRequest request{id, std::move(names), "test"};
    request.execute_at = execute_at;
    append(to_json(*Intake(office_.erasures).take(request)));
  }
  // Reads all that is there and looks once, later than any pause.
  void look() {
    office_.clock.advance(milliseconds(60'000));
    read();
    for (; copied_ < office_.sink.written().size(); ++copied_)
      append(*office_.sink.written()[copied_].value);
    read();
  }
  void read() {
    for (Result<bool> more = true; *more;) {
      more = step_->advance({});
      ASSERT_TRUE(more) << more.error().message();
    }
  }
  std::vector<std::string> stages() const {
    std::vector<std::string> all;
    for (const json::Value& ack : office_.written("acks"))
      all.push_back(text(ack, "request_id") + " " + text(ack, "stage"));
    return all;
  }
  std::int64_t committed() const {
    const auto offsets = source_->committed();
    return offsets.empty() ? 0 : offsets.begin()->second;
  }

  Office office_;
  std::vector<connectors::testing::OwnedRecord> topic_;
  FakeSource* source_ = nullptr;
  std::unique_ptr<FollowUp> step_;
  std::size_t copied_ = 0;
};

TEST_F(FollowUpTest, AcknowledgesAgainAtL0AndAtL1AndThenNeverMore) {
  take("r", {"ann"});
  look();
  EXPECT_THAT(stages(), IsEmpty());
  office_.erasures.reach(Stage::kEffective);
  look();
  office_.erasures.reach(Stage::kRemoved);
  look();
  look();
  EXPECT_THAT(stages(), ElementsAre("r effective", "r removed"));
  EXPECT_EQ(step_->open(), 0U);
  EXPECT_EQ(committed(), 3);
}

TEST_F(FollowUpTest, ARequestForSeveralIsAsFarAsItsSlowestErasure) {
  take("r", {"ann", "bob"});
  office_.erasures.reach(Stage::kEffective, "r-1");
  look();
  EXPECT_THAT(stages(), IsEmpty());
  office_.erasures.reach(Stage::kEffective, "r-2");
  look();
  EXPECT_THAT(stages(), ElementsAre("r effective"));
}

TEST_F(FollowUpTest, WhatWasRefusedStaysInLaterAcknowledgements) {
  office_.erasures.refuse("bob", Error(ErrorKind::kUnknownKey, "no key"));
  take("r", {"ann", "bob"});
  office_.erasures.reach(Stage::kEffective);
  look();
  const auto acks = office_.written("acks");
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(text(*erasure(acks[0], 1).find("error"), "kind"), "unknown_key");
}

TEST_F(FollowUpTest, ARefusedRequestIsNotFollowed) {
  office_.erasures.refuse("bob", Error(ErrorKind::kBlocked, "hold"));
  take("r", {"bob"});
  look();
  EXPECT_EQ(step_->open(), 0U);
  EXPECT_EQ(committed(), 1);
}

TEST_F(FollowUpTest, OffsetsWaitForTheOldestRequestUnderWay) {
  take("later", {"ann"}, kms::erasure::Time(std::chrono::hours(1'000'000)));
  take("now", {"bob"});
  office_.erasures.reach(Stage::kRemoved);
  look();
  EXPECT_THAT(stages(), ElementsAre("now removed"));
  EXPECT_EQ(committed(), 0);
  office_.erasures.fence("later-1");
  office_.erasures.reach(Stage::kRemoved);
  look();
  EXPECT_EQ(committed(), 4);
}

TEST_F(FollowUpTest, AfterACrashTheTopicSaysWhatIsUnderWay) {
  take("a", {"ann"});
  take("b", {"bob"});
  office_.erasures.reach(Stage::kEffective, "b-1");
  look();
  start();  // with the topic as it is, and nothing committed
  office_.erasures.reach(Stage::kEffective, "a-1");
  look();
  EXPECT_THAT(stages(), ElementsAre("b effective", "a effective"));
}

TEST_F(FollowUpTest, ACancelledErasureEndsItsRequest) {
  take("r", {"ann"}, kms::erasure::Time(std::chrono::hours(1'000'000)));
  ASSERT_TRUE(office_.erasures.cancel("r-1", "test"));
  look();
  EXPECT_THAT(stages(), ElementsAre("r cancelled"));
  EXPECT_EQ(step_->open(), 0U);
}

TEST_F(FollowUpTest, AfterARebalanceItStartsFromWhatIsCommitted) {
  take("r", {"ann"});
  look();
  ASSERT_EQ(step_->open(), 1U);
  source_->rebalance_at_next_read(true);
  look();
  EXPECT_EQ(step_->open(), 1U);
  office_.erasures.reach(Stage::kRemoved);
  look();
  EXPECT_THAT(stages(), ElementsAre("r removed"));
  EXPECT_EQ(committed(), 2);
}

TEST_F(FollowUpTest, LooksLessAndLessOften) {
  take("r", {"ann"});
  read();
  office_.erasures.reach(Stage::kEffective);
  office_.clock.advance(milliseconds(499));
  read();
  EXPECT_THAT(stages(), IsEmpty());
  office_.clock.advance(milliseconds(1));
  read();
  EXPECT_THAT(stages(), ElementsAre("r effective"));
}

TEST_F(FollowUpTest, AFailureLeavesEverythingAsItWas) {
  take("r", {"ann"});
  read();
  office_.erasures.reach(Stage::kEffective);
  office_.clock.advance(milliseconds(60'000));
  office_.sink.fail_next_write(transient("broker away"));
  ASSERT_FALSE(step_->advance({}));
  EXPECT_EQ(committed(), 0);
  look();
  EXPECT_THAT(stages(), ElementsAre("r effective"));
}

TEST_F(FollowUpTest, ARecordOfSomebodyElseIsPassedWithAWarning) {
  append("hello");
  append(R"({"v":2,"request_id":"r","erasures":[]})");
  look();
  EXPECT_EQ(committed(), 2);
  EXPECT_THAT(office_.log.all(), HasSubstr("no acknowledgement partition=0 offset=1"));
}

}  // namespace
}  // namespace lethe::worker::inbox
