// SPDX-License-Identifier: Apache-2.0
//
// `lethe plugins list|inspect|describe`: what can stand under `transforms`, `when` and `unless`.

#ifndef LETHE_WORKER_CLI_PLUGINS_H_
#define LETHE_WORKER_CLI_PLUGINS_H_

#include <string>

#include "worker/cli/command.h"

namespace lethe::worker::cli {

struct PluginsCommand {
  Files files;
  std::string subject;  // inspect: a library; describe: a plugin's name
  bool json = false;
};

int plugins_list(const PluginsCommand& command);
int plugins_inspect(const PluginsCommand& command);
int plugins_describe(const PluginsCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_PLUGINS_H_
