// SPDX-License-Identifier: Apache-2.0
//
// The door to the YAML library: text in, a Node tree out. Stricter than YAML where leniency hides
// mistakes: a name given twice, a tag, a merge key, a second document, a key that is not a plain
// name and text that is not UTF-8 are errors with their place. Anchors and aliases work; an alias
// has the place of what it stands for. Pure functions; any thread.

#ifndef LETHE_WORKER_CONFIG_YAML_H_
#define LETHE_WORKER_CONFIG_YAML_H_

#include <optional>
#include <string>
#include <string_view>

#include "worker/config/diagnostics.h"
#include "worker/config/node.h"
#include "worker/config/secrets.h"

namespace lethe::worker::config {

// The document in `text`. Nothing, and at least one error, if there is no tree; a tree may come
// with errors too (a name given twice, a bad reference), so that one reading finds all that is
// wrong.
std::optional<Node> parse_yaml(std::string_view text, const std::string& file,
                               References references, Diagnostics& diagnostics);

// Likewise from a file.
std::optional<Node> read_yaml(const std::string& file, References references,
                              Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_YAML_H_
