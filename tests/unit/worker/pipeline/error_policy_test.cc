// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/error_policy.h"

#include <gmock/gmock.h>

#include "tests/unit/worker/pipeline/fake_seal.h"
#include "tests/unit/worker/pipeline/world.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::Route;
using connectors::testing::own;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<StageDescription> kStages = {{"enc", "encrypt", true}};

struct Settled : ::testing::Test {
  ErrorPolicy policy(OnError on_error = {}, bool with_dead_letters = true) {
    std::unique_ptr<DeadLetters> letters;
    if (with_dead_letters)
      letters = DeadLetters::make({"pipe", 0, DeadLetters::Payload::kSealed}, kStages,
                                  std::make_unique<FakeSeal>(&seal_failure))
                    .value();
    return {{"pipe", on_error}, kStages, std::move(letters), world.log, world.clock};
  }
  static void fail(connectors::Record& record, std::int32_t disposition,
                   ErrorKind kind = ErrorKind::kBadRecord) {
    record.failed = true;
    record.stage = 0;
    record.error_kind = kind;
    record.error_message = kBad;
    record.disposition = disposition;
  }
  connectors::Refused refused(ErrorKind kind = ErrorKind::kBadRecord) {
    return {1, 0, kind, "the record is too large", &made.records[0], &made.arena};
  }

  World world;
  std::optional<Error> seal_failure;
  connectors::Batch made = batch({"a", "b", "c"});
};

TEST_F(Settled, RoutesEachFailedRecordByItsDisposition) {
  fail(made.records[0], LETHE_DEAD_LETTER);
  fail(made.records[2], LETHE_DISCARD);
  ASSERT_TRUE(policy().settle(made));
  EXPECT_EQ(made.records[0].route, Route::kDeadLetter);
  EXPECT_EQ(own(made.records[0].out).value, "sealed:1");
  EXPECT_EQ(made.records[1].route, Route::kSink);
  EXPECT_EQ(made.records[2].route, Route::kNone);
}

TEST_F(Settled, StopsAtTheFirstRecordThatStopsAndSaysWhere) {
  fail(made.records[1], LETHE_STOP, ErrorKind::kBlocked);
  made.records[1].error_path = "visa";
  const auto settled = policy().settle(made);
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind(), ErrorKind::kBlocked);
  EXPECT_EQ(settled.error().message(),
            "enc: " + std::string(kBad) +
                " (path visa), at topic customers partition 3 offset 1; correct the record or the "
                "pipeline, or set on_error");
}

TEST_F(Settled, StopsForARecordWhoseFateWasNotDecided) {
  for (const std::int32_t disposition : {LETHE_BY_POLICY, LETHE_PASS}) {
    fail(made.records[0], disposition);
    EXPECT_FALSE(policy().settle(made)) << disposition;
  }
}

TEST_F(Settled, StopsEvenIfTheFailureCallsItselfTransient) {
  fail(made.records[0], LETHE_STOP, ErrorKind::kTransient);
  EXPECT_EQ(policy().settle(made).error().kind(), ErrorKind::kBadRecord);
}

TEST_F(Settled, StopsIfThereIsNoPlaceForADeadLetter) {
  fail(made.records[0], LETHE_DEAD_LETTER);
  const auto settled = policy({}, false).settle(made);
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(settled.error().message(), HasSubstr("dead_letter"));
}

TEST_F(Settled, FailsClosedIfADeadLetterCannotBeSealed) {
  fail(made.records[0], LETHE_DEAD_LETTER);
  seal_failure = internal("no key");
  EXPECT_EQ(policy().settle(made).error().kind(), ErrorKind::kInternal);
  seal_failure = transient("the store is away");
  EXPECT_EQ(policy().settle(made).error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(made.records[0].route, Route::kSink);
}

TEST_F(Settled, TreatsARefusedRecordByThePipelinesPolicy) {
  const auto route = policy(always(Disposition::kDeadLetter)).settle_refused(refused());
  ASSERT_TRUE(route);
  EXPECT_EQ(*route, Route::kDeadLetter);
  const auto letter = own(made.records[0].out);
  EXPECT_EQ(letter.value, "a") << "it had passed encrypt";
  EXPECT_THAT(letter.headers,
              ::testing::Contains(::testing::Pair("__connect.errors.exception.message",
                                                  "the record is too large")));
  made = batch({"a"});
  EXPECT_EQ(*policy(always(Disposition::kDiscard)).settle_refused(refused()), Route::kNone);
  made = batch({"a"});
  EXPECT_FALSE(policy().settle_refused(refused())) << "stop is the default";
  made = batch({"a"});
  EXPECT_FALSE(policy(always(Disposition::kPass)).settle_refused(refused()))
      << "what the sink refuses cannot pass";
}

TEST_F(Settled, StopsOnARefusalThatIsNotTheRecordsFault) {
  auto with = policy(always(Disposition::kDiscard));
  EXPECT_EQ(with.settle_refused(refused(ErrorKind::kBadConfig)).error().kind(),
            ErrorKind::kBadConfig);
  EXPECT_EQ(with.settle_refused(refused(ErrorKind::kTransient)).error().kind(),
            ErrorKind::kTransient);
}

TEST_F(Settled, StopsIfADeadLetterIsRefused) {
  made.records[0].route = Route::kDeadLetter;
  const auto settled = policy(always(Disposition::kDiscard)).settle_refused(refused());
  ASSERT_FALSE(settled);
  EXPECT_THAT(settled.error().message(), HasSubstr("dead letter"));
}

TEST_F(Settled, CallsARefusalWithoutARecordABug) {
  EXPECT_EQ(policy().settle_refused({}).error().kind(), ErrorKind::kInternal);
}

TEST_F(Settled, LogsARefusedRecord) {
  ASSERT_TRUE(policy(always(Disposition::kDiscard)).settle_refused(refused()));
  EXPECT_THAT(world.log.lines(),
              ElementsAre("warning the record is too large pipeline=pipe transform=sink "
                          "kind=bad_record on_error=drop topic=customers partition=3 offset=0"));
}

}  // namespace
}  // namespace lethe::worker::pipeline
