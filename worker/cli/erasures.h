// SPDX-License-Identifier: Apache-2.0
//
// The commands around an erasure: its state, its certificate, approval and cancelling, holds,
// restrictions, reinstating. They act as the user who runs them: the journal says "user:dpo".

#ifndef LETHE_WORKER_CLI_ERASURES_H_
#define LETHE_WORKER_CLI_ERASURES_H_

#include <string>
#include <string_view>

#include "kms/erasure/erasures.h"
#include "worker/cli/custody.h"

namespace lethe::worker::cli {

struct ErasureCommand {
  CustodyOptions common;
  std::string erasure_id;
  std::string file;  // for a certificate; empty: standard output
};

struct SubjectCommand {
  CustodyOptions common;
  std::string name;   // "-": a line of standard input
  bool lift = false;  // the hold or restriction
};

int erasure(const ErasureCommand& command);
int certificate(const ErasureCommand& command);
int approve(const ErasureCommand& command);
int cancel(const ErasureCommand& command);
int hold(const SubjectCommand& command);
int restrict_subject(const SubjectCommand& command);
int reinstate(const SubjectCommand& command);

// What the commands share.
std::string acting_user();  // "user:dpo"
Result<std::unique_ptr<kms::GatewayKms>> open_shared_kms(const Files& files, log::Log& log);
void show_erasure(const kms::erasure::Status& status, bool json);
// Writes a new file for its owner alone (0600).
Result<void> write_private(const std::string& path, std::string_view text);
// A name as it is given to a command: "-" stands for a line of standard input.
Result<std::string> one_name(const std::string& given);
// A name without its scheme.
std::string_view key_name(std::string_view given);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_ERASURES_H_
