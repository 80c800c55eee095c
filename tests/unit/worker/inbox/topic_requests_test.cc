// SPDX-License-Identifier: Apache-2.0
#include "worker/inbox/topic_requests.h"

#include "tests/unit/worker/inbox/office.h"

namespace lethe::worker::inbox {
namespace {

using connectors::testing::FakeSource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class TopicRequestsTest : public testing::Test {
 protected:
  TopicRequestsTest() {
    auto source = std::make_unique<FakeSource>(
        std::vector<connectors::testing::OwnedRecord>(),
        connectors::testing::FakeSourceOptions{.batch_records = 2, .endless = true});
    source_ = source.get();
    TopicRequestsOptions options{{{*config::NameTemplate::parse("user-{{id}}"),
                                   *config::NameTemplate::parse("billing-{{id}}")},
                                  {},
                                  "topic:requests"},
                                 "acks",
                                 "letters"};
    step_ = std::make_unique<TopicRequests>(std::move(options), std::move(source), office_.erasures,
                                            office_.outbox, office_.log);
  }

  void ask(const std::string& json) { source_->append(record("requests", next_offset_++, json)); }
  Result<bool> advance() { return step_->advance({}); }
  std::int64_t committed() const {
    const auto offsets = source_->committed();
    return offsets.empty() ? 0 : offsets.begin()->second;
  }

  Office office_;
  FakeSource* source_;
  std::unique_ptr<TopicRequests> step_;
  std::int64_t next_offset_ = 0;
};

TEST_F(TopicRequestsTest, ARequestIsAcknowledgedWithItsErasure) {
  ask(R"({"id":"r-1","subject":"user-4711","actor":"user:dpo","policy":"recreate"})");
  ASSERT_TRUE(*advance());
  EXPECT_FALSE(*advance());
  const auto asked = office_.erasures.asked();
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0].name, "user-4711");
  EXPECT_EQ(asked[0].erasure_id, "r-1-1");
  EXPECT_EQ(asked[0].actor, "topic:requests/user:dpo");
  EXPECT_EQ(asked[0].policy, kms::ErasedPolicy::kRecreate);
  const auto written = office_.sink.written();
  ASSERT_THAT(written, SizeIs(1));
  EXPECT_EQ(written[0].key, "r-1");
  EXPECT_EQ(*written[0].value,
            R"({"v":1,"request_id":"r-1","stage":"fenced","erasures":[{"erasure_id":"r-1-1",)"
            R"("stage":"fenced","subject":"5ab1ec1","fence_version":1,)"
            R"("dek_ids":["00000000-0000-0000-0000-000000000001"],)"
            R"("requested_at":"2026-05-28T20:26:40.123Z","fenced_at":"2026-05-28T20:26:40.123Z",)"
            R"("subject_commit":"c01","salt":"5a171"}]})");
  EXPECT_EQ(committed(), 1);
}

TEST_F(TopicRequestsTest, ParametersMeanOneErasureForEachTemplate) {
  ask(R"({"id":"r","parameters":{"id":"4711"}})");
  ASSERT_TRUE(*advance());
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("user-4711", "billing-4711"));
  const auto acks = office_.written("acks");
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(text(erasure(acks[0], 0), "erasure_id"), "r-1");
  EXPECT_EQ(text(erasure(acks[0], 1), "erasure_id"), "r-2");
}

TEST_F(TopicRequestsTest, WhatIsRefusedIsInTheAcknowledgementBesideWhatIsNot) {
  office_.erasures.refuse("billing-1", Error(ErrorKind::kUnknownKey, "no key of this name"));
  ask(R"({"id":"r","parameters":{"id":"1"}})");
  ASSERT_TRUE(*advance());
  const auto acks = office_.written("acks");
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(text(acks[0], "stage"), "fenced");
  EXPECT_EQ(
      erasure(acks[0], 1).dump(),
      R"({"erasure_id":"r-2","error":{"kind":"unknown_key","message":"no key of this name"}})");
}

TEST_F(TopicRequestsTest, ARequestOfWhichNothingCanBeDoneIsRefused) {
  office_.erasures.refuse("ann", Error(ErrorKind::kBlocked, "under a hold"));
  ask(R"({"id":"r","subject":"ann"})");
  ASSERT_TRUE(*advance());
  EXPECT_EQ(text(office_.written("acks").at(0), "stage"), "refused");
  EXPECT_EQ(committed(), 1);
}

TEST_F(TopicRequestsTest, ARepeatedRequestErasesOnceAndIsAnsweredWithTheFirst) {
  ask(R"({"id":"r","subject":"ann"})");
  ask(R"({"id":"r","subject":"ann"})");
  ASSERT_TRUE(*advance());
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("ann"));
  const auto acks = office_.written("acks");
  ASSERT_THAT(acks, SizeIs(2));
  EXPECT_TRUE(erasure(acks[1], 0).find("already_known")->boolean().value());
}

TEST_F(TopicRequestsTest, ABadRequestGoesToTheDeadLettersByItsPlaceAndTheNextIsServed) {
  ask(R"({"id":"secret-id","subject":"secret-name","extra":1})");
  ask(R"({"id":"r","subject":"ann"})");
  ASSERT_TRUE(*advance());
  const auto letters = office_.sink.written();
  ASSERT_THAT(letters, SizeIs(2));
  EXPECT_EQ(letters[0].topic, "letters");
  EXPECT_EQ(letters[0].key, std::nullopt);
  EXPECT_EQ(*letters[0].value,
            R"({"v":1,"topic":"requests","partition":0,"offset":0,"kind":"bad_record",)"
            R"("reason":"the request has a member that requests do not have"})");
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("ann"));
  EXPECT_THAT(office_.log.all(), HasSubstr("offset=0"));
  EXPECT_THAT(office_.log.all(), Not(HasSubstr("secret")));
}

TEST_F(TopicRequestsTest, ATombstoneIsABadRequest) {
  source_->append({"requests", 0, 0, -1, "k", std::nullopt, {}});
  ASSERT_TRUE(*advance());
  EXPECT_THAT(office_.written("letters"), SizeIs(1));
}

TEST_F(TopicRequestsTest, OffsetsDoNotMoveBeforeTheAcknowledgementIsDurable) {
  ask(R"({"id":"r","subject":"ann"})");
  office_.sink.cork(true);
  ASSERT_FALSE(advance());
  EXPECT_EQ(committed(), 0);
  EXPECT_THAT(office_.sink.written(), IsEmpty());
  office_.sink.cork(false);
  ASSERT_TRUE(*advance());
  EXPECT_EQ(committed(), 1);
  EXPECT_EQ(source_->rewinds(), 1U);
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("ann"));
}

TEST_F(TopicRequestsTest, TheSaltOfAnErasureOutlivesAFailureBeforeItsAcknowledgement) {
  ask(R"({"id":"r","subjects":["ann","bob"]})");
  office_.erasures.fail_request(2, transient("away"));
  ASSERT_FALSE(advance());
  office_.sink.fail_next_write(transient("broker away"));
  ASSERT_FALSE(advance());
  ASSERT_TRUE(*advance());
  const auto acks = office_.written("acks");
  ASSERT_THAT(acks, SizeIs(1));
  EXPECT_EQ(text(erasure(acks[0], 0), "salt"), "5a171");
  EXPECT_EQ(text(erasure(acks[0], 1), "salt"), "5a172");
}

TEST_F(TopicRequestsTest, AStoreThatIsAwayLosesNoRequest) {
  office_.erasures.go_away(true);
  ask(R"({"id":"r","subject":"ann"})");
  const auto failed = advance();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(committed(), 0);
  office_.erasures.go_away(false);
  ASSERT_TRUE(*advance());
  EXPECT_THAT(office_.erasures.erased(), ElementsAre("ann"));
}

TEST_F(TopicRequestsTest, ABrokerThatRefusesAnAcknowledgementHoldsTheRequestBack) {
  ask(R"({"id":"r","subject":"ann"})");
  office_.sink.refuse_if([](const auto&, auto) { return true; });
  const auto failed = advance();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(failed.error().message(), HasSubstr("acks"));
  EXPECT_EQ(committed(), 0);
}

TEST_F(TopicRequestsTest, ABackOffIsSpentInTheSource) {
  step_->rest(std::chrono::milliseconds(50), {});
  EXPECT_EQ(source_->idled(), std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace lethe::worker::inbox
