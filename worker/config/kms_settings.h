// SPDX-License-Identifier: Apache-2.0
//
// What configuration files say about key custody, before it is one worker's: the `kms` section of
// the worker file, the same section in a pipeline file, and the kmsConfig of interceptor blocks.
// All of them must agree, since a worker has one gateway KMS. Pure functions.

#ifndef LETHE_WORKER_CONFIG_KMS_SETTINGS_H_
#define LETHE_WORKER_CONFIG_KMS_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "worker/config/kafka_client.h"
#include "worker/config/section.h"

namespace lethe::worker::config {

// store: {kafka: ...}
struct KafkaStore {
  std::string topic;
  std::string brokers;
  Properties client;
  std::int64_t replication = 0;  // of a topic that `lethe keys init` makes; 0: 3, or all brokers
  Node shown = Node::map({});    // for dumps, without secrets
};

// A value and where it was given.
struct Setting {
  std::string value;
  std::string written;  // for dumps
  Place place;
};

struct KmsSettings {
  std::optional<Setting> tenant;
  std::optional<Setting> root;  // "file-kms://..."
  // "memory", "sqlite:" and the path, "postgres:" and the URL, or "kafka:" and what it is
  std::optional<Setting> store;
  std::optional<KafkaStore> kafka_store;
  std::optional<Setting> key_names;  // "pseudonym" or "clear"
  std::optional<Setting> max_keys;   // a number
  std::optional<Setting> lease;      // a duration
  std::optional<Setting> redis;      // "redis://..."; may hold a password
  std::optional<Setting> cache_ttl;  // a duration
};

// Reads the member `kms` of a file.
KmsSettings read_kms(Section& root, Diagnostics& diagnostics);

// Reads the kmsConfig of every interceptor block of a pipeline file.
KmsSettings lift_kms(const Node& pipeline, Diagnostics& diagnostics);

// A connection URL as it may be shown: a password in clear is hidden, a reference to one stays.
std::string without_password(const std::string& url);

// Takes over what `from` says. A setting that disagrees with an earlier one is an error.
void agree(KmsSettings& into, const KmsSettings& from, Diagnostics& diagnostics);
void agree(std::optional<Setting>& into, const std::optional<Setting>& from, std::string_view name,
           Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_KMS_SETTINGS_H_
