// SPDX-License-Identifier: Apache-2.0
//
// A pipeline file from text to typed config, with everything that can be known to be wrong before a
// record flows: `lethe lint` prints the diagnostics, `lethe run` refuses to start with errors, and
// both go this same way. The sections `worker`, `kms`, `erasure` and `cluster` of the file, and
// kmsConfig of its blocks, belong to worker_config.h: callers that judge a file as a whole call
// both. Pure functions.

#ifndef LETHE_WORKER_CONFIG_LINT_H_
#define LETHE_WORKER_CONFIG_LINT_H_

#include "lethe/result.h"
#include "worker/config/diagnostics.h"
#include "worker/config/node.h"
#include "worker/config/pipeline_config.h"
#include "worker/config/transforms.h"

namespace lethe::worker::config {

// `document` comes from yaml.h. bad_config if `diagnostics` has any error, those of the reading of
// the document included.
Result<PipelineConfig> load_pipeline(const Node& document, const Plugins& plugins,
                                     Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_LINT_H_
