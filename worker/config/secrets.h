// SPDX-License-Identifier: Apache-2.0
//
// References to secrets: ${env:NAME}, ${NAME} (the same) and ${file:/path}, anywhere in a text of
// the configuration; "$${" is a literal "${". A run resolves them, lint only looks whether they
// could be. What they stand for goes into Node::text() and from there to whoever needs it, never
// into a message or a dump. One line end after the content of a file is dropped. Reads environment
// and files; any thread as long as nobody changes the environment.

#ifndef LETHE_WORKER_CONFIG_SECRETS_H_
#define LETHE_WORKER_CONFIG_SECRETS_H_

#include <cstdint>

#include "worker/config/diagnostics.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

enum class References : std::uint8_t {
  kKeep,    // lint, dump: texts stay as written; what is missing here is a warning
  kResolve  // run: texts are replaced; what is missing is an error
};

// Treats every scalar of the tree. Malformed references are errors in both modes; a secret file
// that every user of the machine may read is a warning.
void apply_references(Node& tree, References references, Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_SECRETS_H_
