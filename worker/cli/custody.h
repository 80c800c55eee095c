// SPDX-License-Identifier: Apache-2.0
//
// The commands that look at key custody, and make it: subjects, keys init, keys list. They show
// pseudonyms, ids and counts; a name is printed only where the store keeps names readable, and
// never in a message.

#ifndef LETHE_WORKER_CLI_CUSTODY_H_
#define LETHE_WORKER_CLI_CUSTODY_H_

#include <string>

#include "worker/cli/command.h"

namespace lethe::worker::cli {

struct CustodyOptions {
  Files files;
  bool json = false;
};

int subjects(const CustodyOptions& options);
int keys_init(const CustodyOptions& options);
int keys_list(const CustodyOptions& options);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_CUSTODY_H_
