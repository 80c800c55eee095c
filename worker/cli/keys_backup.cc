// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/keys_backup.h"

#include "kms/backup/backup.h"
#include "kms/backup/restore.h"
#include "worker/cli/erasures.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

using kms::backup::RestoreReport;

Result<RestoreReport> restore(const BackupCommand& command) {
  harden_process();
  const std::unique_ptr<log::Log> log = make_log({});
  config::Diagnostics diagnostics;
  const Result<config::WorkerConfig> worker = load_worker_only(command.common.files, diagnostics);
  show(diagnostics);
  if (!worker) return worker.error();
  if (worker->kms.store == config::StoreKind::kMemory)
    return bad_config("the memory store lives inside one worker and cannot be restored");
  const Custody custody = command.file.empty() ? Custody::kLookOnly : Custody::kRestore;
  const Custodians custodians = LETHE_TRY(make_custodians(*worker, custody, *log));
  kms::backup::RestoreOptions options;
  options.tenant = worker->kms.tenant;
  options.file = command.file;
  options.journal = command.journal;
  options.without_journal = command.without_journal;
  options.witness = witness_places(*worker);
  return kms::backup::restore(*custodians.store, *custodians.root, options);
}

json::Value to_json(const RestoreReport& report) {
  json::Value value;
  return value.set("entries", report.entries)
      .set("entries_added", report.entries_added)
      .set("erasures_replayed", report.erasures_replayed)
      .set("keys_restored", report.keys_restored)
      .set("keys_left_out", report.keys_left_out)
      .set("journal_end_is_known", report.journal_end_is_known)
      .set("last_entry_at", report.last_entry_at);
}

void show(const RestoreReport& report) {
  print("restored: " + std::to_string(report.keys_restored) + " keys, " +
        std::to_string(report.keys_left_out) + " left out as dead, " +
        std::to_string(report.erasures_replayed) + " erasures replayed, journal of " +
        std::to_string(report.entries) + " entries (" + std::to_string(report.entries_added) +
        " added), the last of " + report.last_entry_at);
  if (!report.journal_end_is_known)
    print("CANNOT BE RULED OUT: erasures after " + report.last_entry_at +
          " are undone, if there were any; erase these people again");
}

}  // namespace

int keys_backup(const BackupCommand& command) {
  const std::unique_ptr<log::Log> log = make_log({});
  const auto kms = open_shared_kms(command.common.files, *log);
  if (!kms) return report(kms.error());
  const auto written = (*kms)->backup(command.file);
  if (!written) return report(written.error());
  json::Value value;
  std::string text = "backed up: ";
  for (std::size_t i = 0; i < written->size(); ++i) {
    value.set(kms::backup::kRowNames[i], (*written)[i]);
    text += (i == 0 ? "" : ", ") + std::to_string((*written)[i]) + " " +
            std::string(kms::backup::kRowNames[i]);
  }
  if (command.common.json)
    print(value);
  else
    print(text + " rows. It is worth nothing without the root key: keep that too, elsewhere");
  return kDone;
}

int keys_restore(const BackupCommand& command) {
  const Result<RestoreReport> restored = restore(command);
  if (!restored) return report(restored.error());
  if (command.common.json)
    print(to_json(*restored));
  else
    show(*restored);
  return kDone;
}

}  // namespace lethe::worker::cli
