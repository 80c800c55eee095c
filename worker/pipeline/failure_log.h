// SPDX-License-Identifier: Apache-2.0
//
// The log line of a failed record: its declared message, where the record lies and what becomes of
// it; nothing of what is in it. Give it a log that throttles repeats.

#ifndef LETHE_WORKER_PIPELINE_FAILURE_LOG_H_
#define LETHE_WORKER_PIPELINE_FAILURE_LOG_H_

#include <string>
#include <string_view>

#include "connectors/batch.h"
#include "worker/log/log.h"
#include "worker/pipeline/on_error.h"

namespace lethe::worker::pipeline {

// where: label of the transform, "source" or "sink".
void log_failure(log::Log& log, std::string_view pipeline, std::string_view where,
                 const connectors::Record& record, Disposition disposition) noexcept;

// The same as a sentence, for the error that stops a task.
std::string describe_failure(std::string_view where, const connectors::Record& record);

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_FAILURE_LOG_H_
