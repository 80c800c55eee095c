// SPDX-License-Identifier: Apache-2.0
//
// A task between a fake source and a fake sink, for the tests of the loop.

#ifndef LETHE_TESTS_UNIT_WORKER_PIPELINE_TASK_FIXTURE_H_
#define LETHE_TESTS_UNIT_WORKER_PIPELINE_TASK_FIXTURE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connectors/testing/fake_sink.h"
#include "connectors/testing/fake_source.h"
#include "tests/unit/worker/pipeline/fake_seal.h"
#include "tests/unit/worker/pipeline/world.h"
#include "worker/pipeline/task.h"

namespace lethe::worker::pipeline {

using connectors::testing::FakeSink;
using connectors::testing::FakeSource;
using connectors::testing::FakeSourceOptions;

// "v0", "v1", ...
inline std::vector<std::string> numbered(std::size_t n) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < n; ++i) all.push_back("v" + std::to_string(i));
  return all;
}

// Lets a test step in between the loop and the fake source.
class HookedSource final : public connectors::Source {
 public:
  struct Hooks {
    std::function<void(connectors::RebalanceListener&)> after_read;
    std::function<void()> on_idle;
    int reads_past_the_end = 0;
  };
  HookedSource(std::unique_ptr<FakeSource> source, Hooks& hooks)
      : source_(std::move(source)), hooks_(hooks) {}

  Result<connectors::Batch> read(std::stop_token stop,
                                 connectors::RebalanceListener& listener) override {
    if (ended_) ++hooks_.reads_past_the_end;
    auto batch = source_->read(stop, listener);
    ended_ = batch && batch->end;
    if (hooks_.after_read) hooks_.after_read(listener);
    return batch;
  }
  Result<void> commit(const connectors::Checkpoint& checkpoint) override {
    return source_->commit(checkpoint);
  }
  Result<bool> rewind() override {
    auto sought = source_->rewind();
    if (sought && *sought) ended_ = false;
    return sought;
  }
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    connectors::RebalanceListener& listener) override {
    if (hooks_.on_idle) hooks_.on_idle();
    return source_->idle(duration, stop, listener);
  }
  Result<void> close() override { return source_->close(); }

 private:
  std::unique_ptr<FakeSource> source_;
  Hooks& hooks_;
  bool ended_ = false;
};

struct Tasked : ::testing::Test {
  // Makes the task; source and sink stay reachable for the test.
  void make(const std::vector<std::string>& input, FakeSourceOptions reading = {}) {
    auto read = std::make_unique<FakeSource>(records(input), reading);
    auto written = std::make_unique<FakeSink>();
    source = read.get();
    sink = written.get();
    StageOptions stage;
    stage.on_error = on_error;
    stage.protects = protects;
    std::vector<std::unique_ptr<Stage>> stages;
    stages.push_back(world.stage(plugin, std::move(stage)));
    Task::Parts parts;
    parts.chain = Chain::make({"pipe", on_error}, std::move(stages), world.services()).value();
    auto described = parts.chain->description();
    auto letters = DeadLetters::make({"pipe", 0, DeadLetters::Payload::kSealed}, described,
                                     std::make_unique<FakeSeal>(&seal_failure))
                       .value();
    parts.errors =
        std::make_unique<ErrorPolicy>(ErrorPolicy::Options{"pipe", on_error}, std::move(described),
                                      std::move(letters), world.log, world.clock);
    parts.source = std::make_unique<HookedSource>(std::move(read), hooks);
    parts.sink = std::move(written);
    options.pipeline = "pipe";
    task = std::make_unique<Task>(options, std::move(parts), world.log, world.clock,
                                  [] { return 1.0; });
  }
  TaskReport run() { return task->run(stop.get_token()); }

  std::int64_t committed() const {
    const auto all = source->committed();
    const auto found = all.find({"customers", 3});
    return found == all.end() ? 0 : found->second;
  }

  World world;
  ScriptedPlugin plugin;
  OnError on_error;
  bool protects = false;
  std::optional<Error> seal_failure;
  TaskOptions options;
  HookedSource::Hooks hooks;
  std::unique_ptr<Task> task;
  FakeSource* source = nullptr;
  FakeSink* sink = nullptr;
  std::stop_source stop;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_TESTS_UNIT_WORKER_PIPELINE_TASK_FIXTURE_H_
