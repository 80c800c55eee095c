// SPDX-License-Identifier: Apache-2.0
//
// The worker as typed structs, all defaults filled in: who it is, where its plugins and its data
// lie, its one gateway KMS and its erasure inbox. Gathered from the worker file (optional) and from
// the `worker`, `kms` and `erasure` sections and the interceptor blocks of the pipeline files,
// which must agree. Needs no plugins, so that `lethe shred -f PIPELINE.yaml` finds the same store
// as the pipeline. Plain values.

#ifndef LETHE_WORKER_CONFIG_WORKER_CONFIG_H_
#define LETHE_WORKER_CONFIG_WORKER_CONFIG_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lethe/result.h"
#include "worker/config/diagnostics.h"
#include "worker/config/erasure_config.h"
#include "worker/config/kms_settings.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

enum class StoreKind : std::uint8_t { kSqlite, kMemory, kPostgres, kKafka };

struct KmsConfig {
  std::string tenant;
  std::string root;       // "file-kms://..."
  std::string root_path;  // the file it names
  StoreKind store = StoreKind::kSqlite;
  std::string store_path;      // sqlite
  std::string store_conninfo;  // postgres; may hold a password
  std::optional<KafkaStore> kafka_store;
  bool clear_key_names = false;
  std::uint64_t max_cached_keys = 1'000'000;
  std::optional<std::chrono::milliseconds> lease;  // only ever shortens the store's
  std::string redis;  // URL of a cache that workers share; empty: none. May hold a password
  std::chrono::milliseconds cache_ttl = std::chrono::minutes(10);

  // Not named anywhere: only these may be made by a run; a named one that is missing is bad_config.
  bool root_is_default = true;
  bool store_is_default = true;
};

struct WorkerConfig {
  std::string id;  // default: the name of the host
  std::vector<std::string> plugin_path;
  std::string data_dir = "./lethe-data";
  KmsConfig kms;
  std::optional<ErasureConfig> erasure;

  // The same for a dump, as written: references stay references.
  Node effective = Node::map({});
};

// worker_file: nullptr if there is none. pipelines: the documents of the pipeline files. bad_config
// if there are errors, which are in `diagnostics`.
Result<WorkerConfig> load_worker(const Node* worker_file, const std::vector<const Node*>& pipelines,
                                 Diagnostics& diagnostics);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_WORKER_CONFIG_H_
