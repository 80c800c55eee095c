// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/predicate.h"

#include <gmock/gmock.h>

#include "tests/unit/worker/pipeline/world.h"
#include "worker/pipeline/plugin_predicate.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::testing::OwnedRecord;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<int> answers(Predicate& predicate, const std::vector<OwnedRecord>& all) {
  connectors::Batch batch = connectors::testing::batch_of(all);
  std::vector<std::uint8_t> given(all.size(), 7);
  const Records records(&batch.records.data()->out, sizeof(connectors::Record), all.size());
  EXPECT_TRUE(predicate.test(records, batch.arena, given));
  return {given.begin(), given.end()};
}

std::vector<OwnedRecord> in_topics(const std::vector<std::string>& topics) {
  std::vector<OwnedRecord> all;
  for (const std::string& topic : topics) {
    all.push_back(record("{}"));
    all.back().topic = topic;
  }
  return all;
}

TEST(TopicPredicate, MatchesTheWholeTopic) {
  const auto predicate = TopicPredicate::make("crm\\..*").value();
  EXPECT_THAT(answers(*predicate, in_topics({"crm.a", "xcrm.a", "crm", "crm.b", "crm.a"})),
              ElementsAre(1, 0, 0, 1, 1));
  EXPECT_THAT(answers(*predicate, in_topics({"crm.a", "crm"})), ElementsAre(1, 0)) << "remembered";
}

TEST(TopicPredicate, HoldsForEveryRecordIfTheDatasetMatches) {
  const auto predicate = TopicPredicate::make("customers", "customers").value();
  EXPECT_THAT(answers(*predicate, in_topics({"stdin"})), ElementsAre(1));
  const auto other = TopicPredicate::make("customers", "orders").value();
  EXPECT_THAT(answers(*other, in_topics({"stdin"})), ElementsAre(0));
}

TEST(TopicPredicate, RefusesWhatIsNoExpression) {
  const auto made = TopicPredicate::make("a(b");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(made.error().message(), HasSubstr("a(b"));
}

TEST(HeaderPredicate, LooksForTheNameAndForTheValueIfGiven) {
  std::vector<OwnedRecord> all(4, record("{}"));
  all[1].headers = {{"kind", "x"}};
  all[2].headers = {{"other", "y"}, {"kind", "a"}, {"kind", "b"}};
  all[3].headers = {{"kind", std::nullopt}};
  HeaderPredicate named("kind");
  EXPECT_THAT(answers(named, all), ElementsAre(0, 1, 1, 1));
  HeaderPredicate valued("kind", "b");
  EXPECT_THAT(answers(valued, all), ElementsAre(0, 0, 1, 0));
}

TEST(TombstonePredicate, HoldsForNullValuesOnly) {
  std::vector<OwnedRecord> all(2, record(""));
  all[1].value.reset();
  TombstonePredicate predicate;
  EXPECT_THAT(answers(predicate, all), ElementsAre(0, 1));
}

struct AskingAPlugin : ::testing::Test {
  Result<void> test(std::size_t n) {
    connectors::Batch made = batch(std::vector<std::string>(n, "x"));
    given.assign(n, 7);
    auto predicate = PluginPredicate::make(plugin.predicate(), plugin.options(),
                                           world.identity("p"), world.services());
    if (!predicate) return predicate.error();
    return predicate.value()->test({&made.records.data()->out, sizeof(connectors::Record), n},
                                   made.arena, given);
  }
  World world;
  ScriptedPlugin plugin;
  std::vector<std::uint8_t> given;
};

TEST_F(AskingAPlugin, TakesItsAnswers) {
  plugin.on_test = [](const lethe_batch& batch, std::uint8_t* answers, lethe_failure&) {
    for (std::uint64_t i = 0; i < batch.n; ++i) answers[i] = i % 2;
    return LETHE_OK;
  };
  ASSERT_TRUE(test(3));
  EXPECT_THAT(given, ElementsAre(0, 1, 0));
}

TEST_F(AskingAPlugin, RefusesAnAnswerThatIsNoneOrIsMissing) {
  plugin.on_test = [](const lethe_batch&, std::uint8_t* answers, lethe_failure&) {
    answers[0] = 1;  // and nothing for the second
    return LETHE_OK;
  };
  const auto tested = test(2);
  ASSERT_FALSE(tested);
  EXPECT_EQ(tested.error().kind(), ErrorKind::kInternal);
  EXPECT_THAT(tested.error().message(), HasSubstr("/plugins/scripted.so"));
}

TEST_F(AskingAPlugin, PassesItsFailureOn) {
  plugin.on_test = [](const lethe_batch&, std::uint8_t*, lethe_failure& failure) {
    failure.message = connectors::view(kAway);
    return LETHE_TRANSIENT;
  };
  const auto tested = test(1);
  ASSERT_FALSE(tested);
  EXPECT_EQ(tested.error().kind(), ErrorKind::kTransient);
  EXPECT_EQ(tested.error().message(), kAway);
}

}  // namespace
}  // namespace lethe::worker::pipeline
