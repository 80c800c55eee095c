// SPDX-License-Identifier: Apache-2.0
//
// `lethe open`: opens sealed values by hand, one a line: for support and for trying out. What is
// printed is plaintext. Exit 1 if any value did not open; the reason stands on standard error.

#ifndef LETHE_WORKER_CLI_OPEN_H_
#define LETHE_WORKER_CLI_OPEN_H_

#include <optional>
#include <string>
#include <vector>

#include "worker/cli/command.h"

namespace lethe::worker::cli {

struct OpenCommand {
  Files files;
  std::vector<std::string> values;  // text or object carrier; "-": from standard input, a line each
  std::string path;                 // where the value stood; "" for the whole value
  std::string dataset;              // for values bound to it
  std::optional<std::string> key;   // of the record, for values bound to it
};

int open(const OpenCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_OPEN_H_
