// SPDX-License-Identifier: Apache-2.0
//
// The effective configuration as YAML: defaults filled in, interceptor blocks in native form. Shows
// what is written, never what a reference stands for, however the file was read; secrets that were
// written in clear are hidden. The text can be parsed again (but for hidden secrets). Pure
// functions.

#ifndef LETHE_WORKER_CONFIG_DUMP_H_
#define LETHE_WORKER_CONFIG_DUMP_H_

#include <string>

#include "worker/config/node.h"
#include "worker/config/pipeline_config.h"
#include "worker/config/transforms.h"
#include "worker/config/worker_config.h"

namespace lethe::worker::config {

std::string dump(const PipelineConfig& pipeline, const Plugins& plugins);
std::string dump(const WorkerConfig& worker);

// Any tree, as written.
std::string to_yaml(const Node& tree);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_DUMP_H_
