// SPDX-License-Identifier: Apache-2.0
//
// The composition root: from typed configuration to running objects. This is the one place that
// names every concrete store, root, source and sink; it defines none. What it returns is built in
// order, so that everything borrowed outlives its borrower.

#ifndef LETHE_WORKER_WIRING_H_
#define LETHE_WORKER_WIRING_H_

#include <functional>
#include <memory>
#include <string>

#include "connectors/source.h"
#include "kms/gateway_kms.h"
#include "lethe/result.h"
#include "worker/config/pipeline_config.h"
#include "worker/config/worker_config.h"
#include "worker/log/log.h"
#include "worker/pipeline/pipeline.h"

namespace lethe::worker {

// What a missing root or store means.
enum class Custody {
  kExisting,    // bad_config, unless it is the embedded default
  kCreate,      // make what is missing: `lethe keys init`
  kLookOnly,    // make nothing at all: subjects, keys list
  kLookAndUse,  // make nothing, but use keys: open, replay
  kRestore,     // make the store if it is missing, never a root: `lethe keys restore`
};

// What a gateway is made over: for commands that look at a store which none would open.
struct Custodians {
  std::unique_ptr<kms::store::KeyStore> store;
  std::unique_ptr<kms::root::RootKey> root;
  bool may_initialise = false;  // a store that holds nothing yet
};
Result<Custodians> make_custodians(const config::WorkerConfig& worker, Custody custody,
                                   log::Log& log);
kms::journal::Witness::Places witness_places(const config::WorkerConfig& worker);

Result<std::unique_ptr<kms::GatewayKms>> make_kms(const config::WorkerConfig& worker,
                                                  Custody custody, log::Log& log);

using SourceMaker = std::function<Result<std::unique_ptr<connectors::Source>>(int task)>;

// A pipeline ready to run. kms may be null for a chain without transforms. source: in place of the
// configured one, for replays. All arguments outlive it.
Result<std::unique_ptr<pipeline::Pipeline>> make_pipeline(const config::PipelineConfig& config,
                                                          const loader::PluginCatalog& catalog,
                                                          kms::GatewayKms* kms,
                                                          pipeline::WorkerServices services,
                                                          SourceMaker source = {});

// The source of a pipeline, for commands that read it themselves.
Result<std::unique_ptr<connectors::Source>> make_record_source(const config::PipelineConfig& config,
                                                               log::Log& log);

// The file for the dead letters of a task: each has its own, "refused.jsonl", "refused.jsonl.1" ...
std::string dead_letter_file(const config::DeadLetter::File& place, int task);

// Reads where a pipeline's dead letters are: a file (file: its path now), or a topic in a group of
// the replay's own.
Result<std::unique_ptr<connectors::Source>> make_dead_letter_source(
    const config::PipelineConfig& config, const std::string& file, log::Log& log);

}  // namespace lethe::worker

#endif  // LETHE_WORKER_WIRING_H_
