// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/chain.h"

#include <gmock/gmock.h>

#include "tests/unit/worker/pipeline/world.h"

namespace lethe::worker::pipeline {
namespace {

using connectors::text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Chained : ::testing::Test {
  void add(ScriptedPlugin& plugin, std::string label, bool protects = false,
           OnError on_error = {}) {
    StageOptions options;
    options.label = std::move(label);
    options.protects = protects;
    options.on_error = on_error;
    stages.push_back(world.stage(plugin, std::move(options)));
  }
  std::unique_ptr<Chain> chain(OnError on_error = {}) {
    auto made = Chain::make({"pipe", on_error}, std::move(stages), world.services());
    EXPECT_TRUE(made);
    return std::move(made).value();
  }
  // Appends a mark to every value.
  static ScriptedPlugin::Apply appends(char mark) {
    return for_each_record([mark](const lethe_batch& batch, std::uint64_t i) {
      replace_value(batch, i, std::string(value_at(batch, i)) + mark);
    });
  }

  World world;
  std::vector<std::unique_ptr<Stage>> stages;
};

TEST_F(Chained, AppliesItsStagesInOrder) {
  ScriptedPlugin one(appends('1')), two(appends('2'));
  add(one, "one");
  add(two, "two");
  auto made = batch({"a", "b"});
  ASSERT_TRUE(chain()->apply(made));
  EXPECT_THAT(live_values(made), ElementsAre("a12", "b12"));
}

TEST_F(Chained, SparesAFailedRecordTheStagesBehind) {
  ScriptedPlugin fails(for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (value_at(batch, i) == "bad") fail_verdict(batch, i, LETHE_BAD_RECORD);
  }));
  ScriptedPlugin two(appends('2'));
  add(fails, "one");
  add(two, "two");
  auto made = batch({"bad", "good"});
  ASSERT_TRUE(chain()->apply(made));
  EXPECT_EQ(text(made.records[0].out.value), "bad");
  EXPECT_EQ(made.records[0].stage, 0);
  EXPECT_THAT(live_values(made), ElementsAre("good2"));
}

TEST_F(Chained, SendsARecordThatPassesThroughTheStagesBehind) {
  ScriptedPlugin fails(for_each_record(
      [](const lethe_batch& batch, std::uint64_t i) { fail_verdict(batch, i, LETHE_BAD_RECORD); }));
  ScriptedPlugin seals(appends('#'));
  add(fails, "mask", false, always(Disposition::kPass));
  add(seals, "encrypt", true);
  auto made = batch({"a"});
  ASSERT_TRUE(chain()->apply(made));
  EXPECT_THAT(live_values(made), ElementsAre("a#")) << "never past encrypt in clear";
}

TEST_F(Chained, SettlesWhatTheSourceCouldNotTakeApart) {
  ScriptedPlugin one(appends('1'));
  add(one, "one");
  auto made = batch({"no json", "{}"});
  made.records[0].failed = true;
  made.records[0].error_kind = ErrorKind::kBadRecord;
  made.records[0].error_message = "the line is not JSON";
  ASSERT_TRUE(chain(always(Disposition::kDeadLetter))->apply(made));
  EXPECT_EQ(made.records[0].stage, kSourceStage);
  EXPECT_EQ(made.records[0].disposition, LETHE_DEAD_LETTER);
  EXPECT_THAT(live_values(made), ElementsAre("{}1"));
  EXPECT_THAT(world.log.lines(), ElementsAre(HasSubstr("the line is not JSON")));
}

TEST_F(Chained, MeasuresEachStage) {
  ScriptedPlugin slow([this](const lethe_batch&, lethe_failure&) {
    world.clock.advance(std::chrono::milliseconds(20));
    return LETHE_OK;
  });
  add(slow, "slow");
  auto made = batch({"a"});
  ASSERT_TRUE(chain()->apply(made));
  EXPECT_THAT(world.metrics.exposition(),
              HasSubstr("lethe_batch_seconds_sum{pipeline=\"pipe\",stage=\"slow\"} 0.02"));
}

TEST_F(Chained, DescribesAndReportsItsStages) {
  ScriptedPlugin one, two;
  add(one, "a");
  add(two, "b", true);
  const auto made = chain();
  const auto described = made->description();
  ASSERT_EQ(described.size(), 2u);
  EXPECT_EQ(described[1].label, "b");
  EXPECT_EQ(described[1].plugin, "scripted");
  EXPECT_TRUE(described[1].protects);
  auto records = batch({"x", "y"});
  ASSERT_TRUE(made->apply(records));
  made->flush();
  EXPECT_EQ(made->report()[0].counts[static_cast<std::size_t>(Outcome::kKept)], 2u);
}

TEST_F(Chained, WithoutStagesChangesNothing) {
  auto made = batch({"a"});
  ASSERT_TRUE(chain()->apply(made));
  EXPECT_THAT(live_values(made), ElementsAre("a"));
}

}  // namespace
}  // namespace lethe::worker::pipeline
