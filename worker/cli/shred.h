// SPDX-License-Identifier: Apache-2.0
//
// `lethe shred`: from names to erasures, as far as the operator wants to wait for them, with
// receipt and certificate. Shows pseudonyms and ids; a name is read and never written.

#ifndef LETHE_WORKER_CLI_SHRED_H_
#define LETHE_WORKER_CLI_SHRED_H_

#include <cstdint>
#include <string>

#include "worker/cli/custody.h"

namespace lethe::worker::cli {

struct ShredCommand {
  CustodyOptions common;
  std::string name;  // a key name, the scheme optional; "-": names from standard input, a line each
  bool unseen = false;
  std::string policy;       // for new data: "block", "recreate", "drop", or empty
  std::string erasure_id;   // of one name; empty: drawn
  std::string wait = "L0";  // "L0", "L1", or "none"
  std::uint32_t wait_seconds = 300;
  std::string certificate;  // file; empty: none
  std::string receipt;      // file, for the salts; empty: they are printed
  std::string undo_window;  // "72h"
  std::string at;           // "2026-12-01T00:00:00Z"
  bool propose = false;
  bool dry_run = false;
  std::uint64_t confirm = 0;  // how many names that are, when they are many
};

int shred(const ShredCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SHRED_H_
