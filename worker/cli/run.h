// SPDX-License-Identifier: Apache-2.0
//
// `lethe run`: runs pipelines until their input ends or a signal asks for a stop. Exit 0 when every
// pipeline ended well.

#ifndef LETHE_WORKER_CLI_RUN_H_
#define LETHE_WORKER_CLI_RUN_H_

#include <functional>
#include <string>

#include "worker/cli/command.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {

struct RunCommand {
  Files files;
  bool check = false;        // make everything, run nothing
  bool inbox = true;         // open the erasure inbox, if one is configured
  std::string metrics_file;  // Prometheus text format, written while running and at the end
  LogOptions log;
};

int run(const RunCommand& command);

// Makes a pipeline from its config; `lethe replay` makes it over another source.
using PipelineMaker = std::function<Result<std::unique_ptr<pipeline::Pipeline>>(
    const config::PipelineConfig&, const Configuration&, kms::GatewayKms*,
    pipeline::WorkerServices)>;

int run_with(const RunCommand& command, const PipelineMaker& make);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_RUN_H_
