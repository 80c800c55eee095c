// SPDX-License-Identifier: Apache-2.0
//
// `lethe keys backup` writes all rows of a store to a file; `lethe keys restore` makes a store of
// it, or brings a store that was rolled back up to date, and brings back nobody who was erased.

#ifndef LETHE_WORKER_CLI_KEYS_BACKUP_H_
#define LETHE_WORKER_CLI_KEYS_BACKUP_H_

#include <string>

#include "worker/cli/custody.h"

namespace lethe::worker::cli {

struct BackupCommand {
  CustodyOptions common;
  std::string file;  // restore: empty for the store as it is
  std::string journal;
  bool without_journal = false;
};

int keys_backup(const BackupCommand& command);
int keys_restore(const BackupCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_KEYS_BACKUP_H_
