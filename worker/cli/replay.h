// SPDX-License-Identifier: Apache-2.0
//
// `lethe replay`: puts the dead letters of a pipeline through it again. Those of a file are moved
// to FILE.replaying first and removed when all of them have arrived; those of a topic are read in a
// group of their own, so that a second replay goes on where the first ended. A replaced output file
// is appended to instead.

#ifndef LETHE_WORKER_CLI_REPLAY_H_
#define LETHE_WORKER_CLI_REPLAY_H_

#include "worker/cli/run.h"

namespace lethe::worker::cli {

int replay(const RunCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_REPLAY_H_
