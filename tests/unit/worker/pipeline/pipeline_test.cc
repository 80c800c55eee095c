// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/pipeline.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/unit/worker/pipeline/task_fixture.h"

namespace lethe::worker::pipeline {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

struct Piped : ::testing::Test {
  PipelineParts parts() {
    PipelineParts made;
    made.source = [this](int) -> Result<std::unique_ptr<connectors::Source>> {
      auto source = std::make_unique<FakeSource>(records(numbered(20)), reading);
      sources.push_back(source.get());
      return std::unique_ptr<connectors::Source>(std::move(source));
    };
    made.sink = [this](int) -> Result<std::unique_ptr<connectors::Sink>> {
      if (sink_failure) return *sink_failure;
      auto sink = std::make_unique<FakeSink>();
      sinks.push_back(sink.get());
      return std::unique_ptr<connectors::Sink>(std::move(sink));
    };
    made.stages = [this](int task) -> Result<std::vector<std::unique_ptr<Stage>>> {
      std::vector<std::unique_ptr<Stage>> stages;
      stages.push_back(world.stage(plugins[static_cast<std::size_t>(task)]));
      return stages;
    };
    return made;
  }
  Result<std::unique_ptr<Pipeline>> make(int tasks) {
    PipelineOptions options;
    options.tasks = tasks;
    options.task.pipeline = "pipe";
    return Pipeline::make(options, parts(), world.services());
  }

  World world;
  ScriptedPlugin plugins[3];
  FakeSourceOptions reading;
  std::optional<Error> sink_failure;
  std::vector<FakeSource*> sources;
  std::vector<FakeSink*> sinks;
};

TEST_F(Piped, RunsItsTasksAndAddsUpTheirReports) {
  auto pipeline = make(3);
  ASSERT_TRUE(pipeline);
  const TaskReport report = (*pipeline)->run();
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.totals.written, 60u);
  ASSERT_EQ(report.stages.size(), 1u);
  EXPECT_EQ(report.stages[0].counts[static_cast<std::size_t>(Outcome::kKept)], 60u);
  for (const FakeSink* sink : sinks)
    EXPECT_THAT(values(sink->written()), ElementsAreArray(numbered(20)));
  for (const TaskStatus& status : (*pipeline)->statuses())
    EXPECT_EQ(status.state, TaskState::kStopped);
}

TEST_F(Piped, StopsAllTasksOnRequest) {
  reading.endless = true;
  auto pipeline = make(2);
  ASSERT_TRUE(pipeline);
  TaskReport report;
  std::thread running([&] { report = (*pipeline)->run(); });
  while (sinks[0]->written().size() < 20 || sinks[1]->written().size() < 20)
    std::this_thread::yield();
  (*pipeline)->stop();
  running.join();
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.totals.written, 40u);
  EXPECT_FALSE(sinks[0]->closed()) << "an incomplete output must not take its name";
}

TEST_F(Piped, StopsTheOthersWhenOneTaskFails) {
  reading.endless = true;
  plugins[1].on_apply = for_each_record([](const lethe_batch& batch, std::uint64_t i) {
    if (value_at(batch, i) == "v7") fail_verdict(batch, i, LETHE_BAD_RECORD);
  });
  auto pipeline = make(3);
  ASSERT_TRUE(pipeline);
  const TaskReport report = (*pipeline)->run();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind(), ErrorKind::kBadRecord);
  const auto statuses = (*pipeline)->statuses();
  EXPECT_EQ(statuses[0].state, TaskState::kStopped);
  EXPECT_EQ(statuses[1].state, TaskState::kFailed);
  EXPECT_EQ(statuses[2].state, TaskState::kStopped);
}

TEST_F(Piped, IsNotMadeIfAPartCannotBe) {
  sink_failure = bad_config("no such topic");
  const auto made = make(1);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(), "no such topic");
  sink_failure.reset();
  EXPECT_FALSE(make(0));
}

TEST_F(Piped, NeedsASealForDeadLettersOfAStageThatProtects) {
  PipelineOptions options;
  options.task.pipeline = "pipe";
  options.dead_letters = DeadLetters::Payload::kSealed;
  PipelineParts made = parts();
  made.stages = [this](int) -> Result<std::vector<std::unique_ptr<Stage>>> {
    StageOptions stage;
    stage.protects = true;
    std::vector<std::unique_ptr<Stage>> stages;
    stages.push_back(world.stage(plugins[0], std::move(stage)));
    return stages;
  };
  const auto refused = Pipeline::make(options, made, world.services());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("kms"));
  made.seal = [](int) -> Result<std::unique_ptr<DeadLetterSeal>> {
    return std::unique_ptr<DeadLetterSeal>(std::make_unique<FakeSeal>());
  };
  EXPECT_TRUE(Pipeline::make(options, made, world.services()));
}

}  // namespace
}  // namespace lethe::worker::pipeline
