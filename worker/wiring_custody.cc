// SPDX-License-Identifier: Apache-2.0
//
// The part of the composition root that builds the gateway KMS: its store, its root key, and what
// watches over both.

#include <filesystem>
#include <utility>

#include "kms/crypto/self_test.h"
#include "kms/root/local_file_root.h"
#include "worker/wiring.h"
#include "worker/wiring_store.h"

namespace lethe::worker {
namespace {

void warn_of_default(const config::WorkerConfig& worker, log::Log& log) {
  if (!worker.kms.store_is_default || !worker.kms.root_is_default) return;
  if (std::filesystem::exists(worker.kms.store_path)) return;
  log.warning(
      "keys are kept in the embedded store, which is for one machine: losing this folder loses "
      "the data; back it up with: cp -a (while nothing runs)",
      {{"folder", worker.data_dir}});
}

}  // namespace

Result<Custodians> make_custodians(const config::WorkerConfig& worker, Custody custody,
                                   log::Log& log) {
  const bool create = custody == Custody::kCreate;
  const bool by_default = custody == Custody::kExisting;
  if (by_default) warn_of_default(worker, log);
  if (!kms::crypto::hardware_accelerated())
    log.warning("this processor offers no AES or CLMUL instructions: sealing will be slow");
  // A new root beside an old store could open nothing in it: then the old one is missing.
  const bool memory = worker.kms.store == config::StoreKind::kMemory;
  const bool fresh = memory || (worker.kms.store == config::StoreKind::kSqlite &&
                                !std::filesystem::exists(worker.kms.store_path));
  auto root = LETHE_TRY(kms::root::LocalFileRoot::make(
      worker.kms.root, {.data_folder = worker.data_dir,
                        .create = create || (by_default && worker.kms.root_is_default && fresh)}));
  const bool may_make_store = create || memory || (by_default && worker.kms.store_is_default);
  const bool may_make_file = may_make_store || custody == Custody::kRestore;
  auto store = LETHE_TRY(make_store(worker.kms, may_make_file, log));
  return Custodians{std::move(store), std::move(root), may_make_store};
}

// What lives in one process only cannot be rolled back.
kms::journal::Witness::Places witness_places(const config::WorkerConfig& worker) {
  if (worker.kms.store == config::StoreKind::kMemory) return {};
  return {worker.data_dir, worker.erasure ? worker.erasure->journal_copy : std::string()};
}

Result<std::unique_ptr<kms::GatewayKms>> make_kms(const config::WorkerConfig& worker,
                                                  Custody custody, log::Log& log) {
  Custodians custodians = LETHE_TRY(make_custodians(worker, custody, log));
  kms::GatewayKms::Options options;
  options.tenant = worker.kms.tenant;
  options.create = custodians.may_initialise;
  options.worker_id = worker.id;
  options.key_names = worker.kms.clear_key_names ? kms::KeyNames::kClear : kms::KeyNames::kHashed;
  options.max_cached_keys = static_cast<std::size_t>(worker.kms.max_cached_keys);
  options.alarm = [&log](std::string_view what) { log.error(what); };
  if (worker.kms.lease) options.lease = *worker.kms.lease;
  options.leasing = custody == Custody::kExisting || custody == Custody::kLookAndUse
                        ? kms::Leasing::kKept
                        : kms::Leasing::kNone;
  options.report = [&log](bool works, std::string_view what) {
    works ? log.info(what) : log.warning(what);
  };
  options.witness = witness_places(worker);
  return kms::GatewayKms::make(std::move(custodians.store), std::move(custodians.root), options);
}

}  // namespace lethe::worker
