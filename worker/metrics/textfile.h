// SPDX-License-Identifier: Apache-2.0
//
// The exposition as a file, for node_exporter's textfile collector (--metrics-file). A reader sees
// the old file or the new one, never half of one. Any thread, one at a time per path.

#ifndef LETHE_WORKER_METRICS_TEXTFILE_H_
#define LETHE_WORKER_METRICS_TEXTFILE_H_

#include <string>

#include "lethe/result.h"
#include "worker/metrics/registry.h"

namespace lethe::worker::metrics {

// Writes beside `path`, then renames. transient: the file system refused; the old file stands.
Result<void> write_textfile(const Registry& registry, const std::string& path);

}  // namespace lethe::worker::metrics

#endif  // LETHE_WORKER_METRICS_TEXTFILE_H_
