// SPDX-License-Identifier: Apache-2.0
//
// What no single section can see: loops between source, sink and dead letters, policies without a
// place, a file that is read and written at once, records that would pass encrypt in clear. Pure.

#ifndef LETHE_WORKER_CONFIG_CROSS_CHECKS_H_
#define LETHE_WORKER_CONFIG_CROSS_CHECKS_H_

#include "worker/config/diagnostics.h"
#include "worker/config/pipeline_config.h"

namespace lethe::worker::config {

void cross_check(const PipelineConfig& config, Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_CROSS_CHECKS_H_
