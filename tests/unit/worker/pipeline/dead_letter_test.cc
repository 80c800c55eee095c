// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/dead_letter.h"

#include <gmock/gmock.h>

#include "tests/unit/worker/pipeline/fake_seal.h"
#include "tests/unit/worker/pipeline/world.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::Route;
using connectors::text;
using connectors::testing::own;
using connectors::testing::OwnedRecord;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;
using Payload = DeadLetters::Payload;

// mask, encrypt (protects), route
const std::vector<StageDescription> kStages = {
    {"mask", "mask", false}, {"enc", "encrypt", true}, {"route", "route", false}};
const std::vector<StageDescription> kDecrypting = {{"dec", "decrypt", false}};

struct Buried : ::testing::Test {
  std::unique_ptr<DeadLetters> letters(std::vector<StageDescription> stages = kStages,
                                       Payload payload = Payload::kSealed) {
    return DeadLetters::make({"pipe", 2, payload}, std::move(stages),
                             std::make_unique<FakeSeal>(&seal_failure))
        .value();
  }
  // A record of the stage `failed at` with that kind, buried.
  OwnedRecord bury(DeadLetters& with, std::uint16_t stage, ErrorKind kind = ErrorKind::kBadRecord) {
    made = connectors::testing::batch_of({original});
    connectors::Record& one = made.records[0];
    one.out.value = connectors::view("masked");
    one.failed = true;
    one.stage = stage;
    one.error_kind = kind;
    one.error_message = kBad;
    EXPECT_TRUE(with.bury(one, made.arena));
    EXPECT_EQ(one.route, Route::kDeadLetter);
    return own(one.out);
  }

  std::optional<Error> seal_failure;
  connectors::Batch made;
  OwnedRecord original = {
      "customers", 3, 17, 1234, "anna", "clear value", {{"trace", "t1"}, {"empty", std::nullopt}}};
};

TEST_F(Buried, KeepsKeyHeadersAndTimestampAndSaysWhyInConnectsTerms) {
  const auto with = letters();
  const OwnedRecord letter = bury(*with, 1);
  EXPECT_EQ(letter.topic, "customers");
  EXPECT_EQ(letter.key, "anna");
  EXPECT_EQ(letter.timestamp_ms, 1234);
  const Headers expected = {{"trace", "t1"},
                            {"empty", std::nullopt},
                            {"__connect.errors.topic", "customers"},
                            {"__connect.errors.partition", "3"},
                            {"__connect.errors.offset", "17"},
                            {"__connect.errors.connector.name", "pipe"},
                            {"__connect.errors.task.id", "2"},
                            {"__connect.errors.stage", "TRANSFORMATION"},
                            {"__connect.errors.class.name", "encrypt"},
                            {"__connect.errors.exception.class.name", "lethe.bad_record"},
                            {"__connect.errors.exception.message", std::string(kBad)},
                            {"lethe.error.kind", "bad_record"},
                            {"lethe.dead_letter.sealed", "1"}};
  EXPECT_THAT(letter.headers, ElementsAreArray(expected));
}

TEST_F(Buried, SealsWholeWhatHasNotPassedTheStageThatProtects) {
  const auto with = letters();
  for (const std::uint16_t stage : {std::uint16_t{0}, std::uint16_t{1}, kSourceStage}) {
    const OwnedRecord letter = bury(*with, stage);
    EXPECT_EQ(letter.value, "sealed:11") << stage;
    EXPECT_THAT(letter.headers, Contains(Pair("lethe.dead_letter.sealed", "1")));
  }
}

TEST_F(Buried, KeepsTheProtectedFormOfWhatHasPassedIt) {
  const auto with = letters();
  for (const std::uint16_t stage : {std::uint16_t{2}, std::uint16_t{3}}) {
    const OwnedRecord letter = bury(*with, stage);
    EXPECT_EQ(letter.value, "masked") << "as it stood, never the clear original";
    EXPECT_THAT(letter.headers, Not(Contains(Key("lethe.dead_letter.sealed"))));
  }
}

TEST_F(Buried, KeepsTheOriginalWhereNothingProtects) {
  const auto with = letters(kDecrypting);
  EXPECT_EQ(bury(*with, 0).value, "clear value");
  EXPECT_EQ(bury(*with, 1).value, "clear value");
}

TEST_F(Buried, KeepsTheOriginalWhenThatIsSpelledOut) {
  const auto with = letters(kStages, Payload::kOriginal);
  const OwnedRecord letter = bury(*with, 1);
  EXPECT_EQ(letter.value, "clear value");
  EXPECT_THAT(letter.headers, Not(Contains(Key("lethe.dead_letter.sealed"))));
}

TEST_F(Buried, WritesOnlyThePlaceOfAnErasedSubjectsRecord) {
  for (const Payload payload : {Payload::kSealed, Payload::kOriginal}) {
    const auto with = letters(kStages, payload);
    const OwnedRecord letter = bury(*with, 1, ErrorKind::kShredded);
    EXPECT_EQ(letter.value, std::nullopt);
    EXPECT_EQ(letter.key, std::nullopt);
    EXPECT_EQ(letter.timestamp_ms, -1);
    EXPECT_EQ(letter.headers.front().first, "__connect.errors.topic") << "no original header";
    EXPECT_THAT(letter.headers, Contains(Pair("__connect.errors.offset", "17")));
    EXPECT_THAT(letter.headers, Contains(Pair("lethe.error.kind", "shredded")));
    EXPECT_EQ(letter.headers.size(), 10u);
  }
}

TEST_F(Buried, KeepsTheCiphertextOfAnErasedSubjectThatDecryptFailed) {
  const auto with = letters(kDecrypting);
  EXPECT_EQ(bury(*with, 0, ErrorKind::kShredded).value, "clear value");
}

TEST_F(Buried, LeavesATombstoneATombstone) {
  original.value.reset();
  const auto with = letters();
  const OwnedRecord letter = bury(*with, 1);
  EXPECT_EQ(letter.value, std::nullopt);
  EXPECT_THAT(letter.headers, Not(Contains(Key("lethe.dead_letter.sealed"))));
}

TEST_F(Buried, ReplacesHeadersOfAnEarlierLife) {
  original.headers = {{"__connect.errors.topic", "elsewhere"},
                      {"lethe.error.kind", "blocked"},
                      {"lethe.dead_letter.sealed", "1"},
                      {"mine", "kept"}};
  const auto with = letters(kDecrypting);
  const OwnedRecord letter = bury(*with, 0);
  EXPECT_EQ(letter.headers.size(), 1u + 10u);
  EXPECT_EQ(letter.headers.front().first, "mine");
  EXPECT_THAT(letter.headers, Not(Contains(Pair("__connect.errors.topic", "elsewhere"))));
  EXPECT_THAT(letter.headers, Not(Contains(Key("lethe.dead_letter.sealed"))));
}

TEST_F(Buried, SaysWhetherSourceTransformOrSinkFailedIt) {
  const auto with = letters();
  EXPECT_THAT(bury(*with, kSourceStage).headers,
              Contains(Pair("__connect.errors.stage", "TASK_POLL")));
  const OwnedRecord refused = bury(*with, 3);
  EXPECT_THAT(refused.headers, Contains(Pair("__connect.errors.stage", "TASK_PUT")));
  EXPECT_THAT(refused.headers, Contains(Pair("__connect.errors.class.name", "sink")));
}

TEST_F(Buried, StaysAsItWasIfItCannotBeSealed) {
  seal_failure = internal("no dead-letter key");
  const auto with = letters();
  made = connectors::testing::batch_of({original});
  connectors::Record& one = made.records[0];
  one.failed = true;
  one.stage = 1;
  const auto buried = with->bury(one, made.arena);
  ASSERT_FALSE(buried);
  EXPECT_EQ(buried.error().message(), "no dead-letter key");
  EXPECT_EQ(one.route, Route::kSink);
  EXPECT_EQ(own(one.out), original);
}

TEST_F(Buried, StaysAsItWasIfTheArenaIsFull) {
  const auto with = letters(kDecrypting);
  made = connectors::testing::batch_of({original});
  connectors::Arena tiny(100);
  const auto buried = with->bury(made.records[0], tiny);
  ASSERT_FALSE(buried);
  EXPECT_EQ(made.records[0].route, Route::kSink);
}

TEST(DeadLetters, NeedASealWhereSomethingProtects) {
  const auto made = DeadLetters::make({"pipe", 0, Payload::kSealed}, kStages, nullptr);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::kBadConfig);
  EXPECT_TRUE(DeadLetters::make({"pipe", 0, Payload::kOriginal}, kStages, nullptr));
  EXPECT_TRUE(DeadLetters::make({"pipe", 0, Payload::kSealed}, kDecrypting, nullptr));
}

}  // namespace
}  // namespace lethe::worker::pipeline
