// SPDX-License-Identifier: Apache-2.0
//
// `lethe lint`: everything that can be known to be wrong with configuration files before a record
// flows, with file, line and column. Needs no secrets, no broker and no key store.

#ifndef LETHE_WORKER_CLI_LINT_H_
#define LETHE_WORKER_CLI_LINT_H_

#include "worker/cli/command.h"

namespace lethe::worker::cli {

struct LintCommand {
  Files files;
  bool json = false;
  bool dump = false;  // print the effective configuration, references as references
};

int lint(const LintCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_LINT_H_
