// SPDX-License-Identifier: Apache-2.0
//
// `lethe keys journal` shows, exports and names the signer of a store's journal; `lethe keys audit`
// holds everything in a store against everything else. No subject is shown: the journal knows
// pseudonyms only.

#ifndef LETHE_WORKER_CLI_KEYS_JOURNAL_H_
#define LETHE_WORKER_CLI_KEYS_JOURNAL_H_

#include <string>

#include "worker/cli/custody.h"

namespace lethe::worker::cli {

struct JournalCommand {
  CustodyOptions common;
  std::string export_to;      // a new file for the lines; empty: they are shown
  bool verifier_key = false;  // the signer's key instead
};

int keys_journal(const JournalCommand& command);
int keys_audit(const CustodyOptions& options);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_KEYS_JOURNAL_H_
