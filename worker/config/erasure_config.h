// SPDX-License-Identifier: Apache-2.0
//
// The `erasure` section of a worker file: the ways into an erasure (a topic of requests, Keycloak)
// and the topics that say what became of it. All defaults filled in. Plain values; reading is pure.

#ifndef LETHE_WORKER_CONFIG_ERASURE_CONFIG_H_
#define LETHE_WORKER_CONFIG_ERASURE_CONFIG_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "worker/config/kafka_client.h"
#include "worker/config/name_template.h"
#include "worker/config/section.h"

namespace lethe::worker::config {

struct KeycloakConfig {
  std::string url;
  std::string realm;
  std::string client_id;
  std::string client_secret;
  std::string ca_file;  // empty: the system's authorities
  std::chrono::milliseconds poll{10'000};
  std::chrono::milliseconds overlap{300'000};
  std::vector<NameTemplate> subjects;  // over {{id}}, the user's
};

// Topics that are empty are not used.
struct ErasureConfig {
  std::string brokers;
  Properties client;
  std::string group = "lethe-erasure";
  std::string topic;             // requests
  std::string acknowledgements;  // default with a topic: "<topic>-acknowledgements"
  std::string dead_letter;       // default with a topic: "<topic>-dead-letters"
  std::string events;            // what was erased, for other systems
  bool create_topics = false;
  std::vector<NameTemplate> subjects;  // for requests that name parameters
  std::chrono::milliseconds undo_window{0};
  std::optional<KeycloakConfig> keycloak;

  Node effective = Node::map({});  // for a dump: as written, without secrets
};

// Reads the member `erasure` of a file; nothing without one.
std::optional<ErasureConfig> read_erasure(Section& root, Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_ERASURE_CONFIG_H_
