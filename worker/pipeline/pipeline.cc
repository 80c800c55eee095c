// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/pipeline.h"

#include <thread>
#include <utility>

namespace lethe::worker::pipeline {
namespace {

Result<std::unique_ptr<DeadLetters>> make_dead_letters(const PipelineOptions& options,
                                                       const PipelineParts& parts, int number,
                                                       std::vector<StageDescription> stages) {
  if (!options.dead_letters.has_value()) return std::unique_ptr<DeadLetters>();
  std::unique_ptr<DeadLetterSeal> seal;
  if (parts.seal) seal = LETHE_TRY(parts.seal(number));
  return DeadLetters::make({options.task.pipeline, number, *options.dead_letters},
                           std::move(stages), std::move(seal));
}

Result<std::unique_ptr<Task>> make_task(const PipelineOptions& options, const PipelineParts& parts,
                                        int number, WorkerServices services, Jitter jitter) {
  TaskOptions task = options.task;
  task.number = number;
  Task::Parts made;
  auto transforms = LETHE_TRY(parts.stages(number));
  made.chain =
      LETHE_TRY(Chain::make({task.pipeline, options.on_error}, std::move(transforms), services));
  auto stages = made.chain->description();
  auto dead_letters = LETHE_TRY(make_dead_letters(options, parts, number, stages));
  made.errors = std::make_unique<ErrorPolicy>(ErrorPolicy::Options{task.pipeline, options.on_error},
                                              std::move(stages), std::move(dead_letters),
                                              services.log, services.clock);
  made.source = LETHE_TRY(parts.source(number));
  made.sink = LETHE_TRY(parts.sink(number));
  return std::make_unique<Task>(std::move(task), std::move(made), services.log, services.clock,
                                std::move(jitter));
}

void add(TaskReport& total, TaskReport report) {
  total.totals += report.totals;
  if (total.stages.empty()) {
    total.stages = std::move(report.stages);
  } else {
    for (std::size_t i = 0; i < total.stages.size(); ++i)
      for (std::size_t k = 0; k < kOutcomes; ++k)
        total.stages[i].counts[k] += report.stages[i].counts[k];
  }
  // A failure says more than a stop that it caused.
  const bool says_more = report.error.has_value() &&
                         (!total.error.has_value() || total.error->kind() == ErrorKind::kTransient);
  if (says_more) total.error = std::move(report.error);
}

}  // namespace

Result<std::unique_ptr<Pipeline>> Pipeline::make(PipelineOptions options,
                                                 const PipelineParts& parts,
                                                 WorkerServices services, Jitter jitter) {
  if (options.tasks < 1)
    return bad_config("pipeline '" + options.task.pipeline + "' needs at least one task");
  std::vector<std::unique_ptr<Task>> tasks;
  for (int number = 0; number < options.tasks; ++number)
    tasks.push_back(LETHE_TRY(make_task(options, parts, number, services, jitter)));
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(tasks)));
}

TaskReport Pipeline::run() {
  std::vector<TaskReport> reports(tasks_.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < tasks_.size(); ++i)
      threads.emplace_back([this, i, &report = reports[i]] {
        report = tasks_[i]->run(stop_.get_token());
        if (report.error.has_value()) stop();
      });
  }  // joined
  TaskReport total;
  for (TaskReport& report : reports) add(total, std::move(report));
  return total;
}

std::vector<TaskStatus> Pipeline::statuses() const {
  std::vector<TaskStatus> all;
  for (const auto& task : tasks_) all.push_back(task->status());
  return all;
}

}  // namespace lethe::worker::pipeline
