// SPDX-License-Identifier: Apache-2.0
//
// What the commands share: exit codes, common options, and how outcomes are shown. A command is a
// function from its options to an exit code; main.cc fills the options in from the command line.

#ifndef LETHE_WORKER_CLI_COMMAND_H_
#define LETHE_WORKER_CLI_COMMAND_H_

#include <memory>
#include <string>

#include "json/json.h"
#include "kms/gateway_kms.h"
#include "lethe/result.h"
#include "worker/cli/configuration.h"
#include "worker/log/log.h"

namespace lethe::worker {
enum class Custody;
}

namespace lethe::worker::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  // the work failed
inline constexpr int kUsage = 2;   // usage or configuration

struct LogOptions {
  std::string level = "info";
  std::string format;  // "text", "json", or empty: text on a terminal
};

// Standard error. level and format have been checked by the command line.
std::unique_ptr<log::Log> make_log(const LogOptions& options);

// "lethe: <message>" on standard error, and the exit code for its kind.
int report(const Error& error);
// The diagnostics on standard error. Errors after them are not repeated.
void show(const config::Diagnostics& diagnostics);

// A line of JSON or text on standard output.
void print(const json::Value& value);
void print(const std::string& text);

// Key custody for a command that looks at an existing store and makes nothing.
Result<std::unique_ptr<kms::GatewayKms>> open_kms(const Files& files, Custody custody,
                                                  log::Log& log);

// Keys and plaintext are in this process: no core dumps, no ptrace by others.
void harden_process();

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_COMMAND_H_
