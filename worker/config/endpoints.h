// SPDX-License-Identifier: Apache-2.0
//
// Reads the ends of a pipeline: `source`, `sink` and `dead_letter`. Each holds exactly one of the
// systems we know; `file: PATH` and a bare `stdio` are short forms. Pure functions.

#ifndef LETHE_WORKER_CONFIG_ENDPOINTS_H_
#define LETHE_WORKER_CONFIG_ENDPOINTS_H_

#include <optional>
#include <string>

#include "worker/config/pipeline_config.h"
#include "worker/config/section.h"

namespace lethe::worker::config {

// `group` is the consumer group unless one is named.
Source read_source(Section& root, const std::string& group, Diagnostics& diagnostics);

// The source decides brokers (unless named) and whether a file is appended to (unless spelled out).
Sink read_sink(Section& root, const Source& source, Diagnostics& diagnostics);

// Brokers, unless named, are those of the sink, else of the source.
std::optional<DeadLetter> read_dead_letter(Section& root, const Source& source, const Sink& sink,
                                           Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_ENDPOINTS_H_
