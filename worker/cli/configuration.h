// SPDX-License-Identifier: Apache-2.0
//
// What the files on a command line say, read for a command: the worker, its plugins and pipelines.
// Every complaint about every file is collected before anything is refused. One thread.

#ifndef LETHE_WORKER_CLI_CONFIGURATION_H_
#define LETHE_WORKER_CLI_CONFIGURATION_H_

#include <string>
#include <vector>

#include "lethe/result.h"
#include "worker/config/diagnostics.h"
#include "worker/config/pipeline_config.h"
#include "worker/config/secrets.h"
#include "worker/config/worker_config.h"
#include "worker/loader/plugin_catalog.h"

namespace lethe::worker::cli {

struct Files {
  std::string worker;                  // -c; empty: none
  std::vector<std::string> pipelines;  // files, or folders of *.yaml and *.yml
};

struct Configuration {
  config::WorkerConfig worker;
  loader::PluginCatalog catalog;
  std::vector<std::string> plugin_folders;
  std::vector<config::PipelineConfig> pipelines;
};

// Loads plugins too, so it comes before any thread is started. bad_config if there are errors,
// which are in `diagnostics`.
Result<Configuration> load_all(const Files& files, config::References references,
                               config::Diagnostics& diagnostics);

// The worker alone: who it is and where its keys are. Loads no plugins.
Result<config::WorkerConfig> load_worker_only(const Files& files, config::Diagnostics& diagnostics);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_CONFIGURATION_H_
