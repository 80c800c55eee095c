// SPDX-License-Identifier: Apache-2.0
//
// The commands of key custody: shred, subjects, keys init, keys list. They show pseudonyms, ids and
// counts; a name is printed only where the store keeps names readable, and never in a message.

#ifndef LETHE_WORKER_CLI_CUSTODY_H_
#define LETHE_WORKER_CLI_CUSTODY_H_

#include <string>

#include "worker/cli/command.h"

namespace lethe::worker::cli {

struct CustodyOptions {
  Files files;
  bool json = false;
};

struct ShredCommand {
  CustodyOptions common;
  std::string name;  // a key name, the scheme optional; "-": names from standard input, a line each
  bool unseen = false;
  std::string policy;  // for new data: "block", "recreate", "drop", or empty
};

int shred(const ShredCommand& command);
int subjects(const CustodyOptions& options);
int keys_init(const CustodyOptions& options);
int keys_list(const CustodyOptions& options);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_CUSTODY_H_
