// SPDX-License-Identifier: Apache-2.0
//
// A pipeline: its tasks, each on a thread of its own with its own source, sink and transforms, made
// by factories that wiring gives. All parts are made before the first record is read, so that wrong
// configuration is told at once. A task that fails stops the others: half a pipeline would hide it.
// make() and run() belong to one thread; stop() and statuses() to any.

#ifndef LETHE_WORKER_PIPELINE_PIPELINE_H_
#define LETHE_WORKER_PIPELINE_PIPELINE_H_

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "worker/pipeline/task.h"

namespace lethe::worker::pipeline {

struct PipelineOptions {
  int tasks = 1;
  OnError on_error;                                  // for records no transform failed
  std::optional<DeadLetters::Payload> dead_letters;  // none: no place for them
  TaskOptions task;                                  // number is set for each
};

// Called once per task, with its number.
struct PipelineParts {
  std::function<Result<std::unique_ptr<connectors::Source>>(int task)> source;
  std::function<Result<std::unique_ptr<connectors::Sink>>(int task)> sink;
  std::function<Result<std::vector<std::unique_ptr<Stage>>>(int task)> stages;
  // May be empty, or answer null, where nothing protects.
  std::function<Result<std::unique_ptr<DeadLetterSeal>>(int task)> seal;
};

class Pipeline {
 public:
  // services and the factories' products outlive the pipeline. jitter: thread-safe.
  static Result<std::unique_ptr<Pipeline>> make(PipelineOptions options, const PipelineParts& parts,
                                                WorkerServices services,
                                                Jitter jitter = &random_jitter);

  // Runs every task and returns when all have ended: totals over all tasks, and the first error
  // that was not a mere stop. Once.
  TaskReport run();

  // Asks all tasks to drain, commit and end. Before run(), too.
  void stop() noexcept { stop_.request_stop(); }
  bool stop_requested() const noexcept { return stop_.stop_requested(); }

  std::vector<TaskStatus> statuses() const;

 private:
  explicit Pipeline(std::vector<std::unique_ptr<Task>> tasks) : tasks_(std::move(tasks)) {}

  std::vector<std::unique_ptr<Task>> tasks_;
  std::stop_source stop_;
};

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_PIPELINE_H_
