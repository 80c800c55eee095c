// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/keys_journal.h"

#include "kms/audit.h"
#include "worker/cli/erasures.h"
#include "worker/cli/time.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

namespace journal = kms::journal;

std::string to_text(const journal::Entry& entry) {
  const journal::Event& event = entry.event;
  std::string text = std::to_string(entry.seq) + "  " + journal::to_text(entry.time) + "  ";
  text += journal::to_string(event.kind);
  if (journal::is_of_subject(event.kind))
    text += "  " + event.erasure_id;
  else
    text += "  epoch " + std::to_string(event.epoch);
  return text + "  " + event.actor;
}

Result<void> export_lines(journal::Journal& journal, const std::string& path) {
  std::string lines;
  LETHE_TRY(journal.export_lines([&](std::string_view line) -> Result<void> {
    lines.append(line).push_back('\n');
    return {};
  }));
  LETHE_TRY(write_private(path, lines));
  print("exported: " + std::to_string(journal.size()) + " entries, signed for by " +
        journal.signer().name());
  return {};
}

Result<void> show_journal(const JournalCommand& command, journal::Journal& journal) {
  if (command.verifier_key) {
    print(journal.signer().verifier_key().text());
    return {};
  }
  if (!command.export_to.empty()) return export_lines(journal, command.export_to);
  for (const journal::Entry& entry : journal.after(0))
    print(command.common.json ? LETHE_TRY(journal::write_line(entry)) : to_text(entry));
  return {};
}

json::Value to_json(const kms::AuditReport& report) {
  json::Value counts = json::Object{};
  for (std::size_t i = 0; i < report.journal.counts.size(); ++i)
    if (report.journal.counts[i] > 0)
      counts.set(journal::to_string(static_cast<journal::EventKind>(i)), report.journal.counts[i]);
  json::Value value;
  return value.set("entries", report.journal.entries)
      .set("events", std::move(counts))
      .set("live_keys", report.live_keys)
      .set("dead_keys", report.dead_keys)
      .set("fences", report.fences)
      .set("erased_keys", report.erased_keys)
      .set("findings", json::Array(report.findings.begin(), report.findings.end()));
}

void show(const kms::AuditReport& report) {
  print("journal: " + std::to_string(report.journal.entries) + " entries");
  for (std::size_t i = 0; i < report.journal.counts.size(); ++i)
    if (report.journal.counts[i] > 0)
      print("  " + std::to_string(report.journal.counts[i]) + "  " +
            std::string(journal::to_string(static_cast<journal::EventKind>(i))));
  print("keys: " + std::to_string(report.live_keys) + " live, " +
        std::to_string(report.erased_keys) + " erased, " + std::to_string(report.fences) +
        " fences, " + std::to_string(report.dead_keys) + " dead rows still to be removed");
  for (const std::string& finding : report.findings) print("FINDING: " + finding);
  if (report.findings.empty()) print(std::string("all is well"));
}

// Without a gateway: that would refuse the stores which an audit is for.
Result<kms::AuditReport> audit(const Files& files) {
  harden_process();
  const std::unique_ptr<log::Log> log = make_log({});
  config::Diagnostics diagnostics;
  const Result<config::WorkerConfig> worker = load_worker_only(files, diagnostics);
  cli::show(diagnostics);
  if (!worker) return worker.error();
  const Custodians custodians = LETHE_TRY(make_custodians(*worker, Custody::kLookOnly, *log));
  return kms::audit(*custodians.store, *custodians.root, worker->kms.tenant,
                    witness_places(*worker));
}

}  // namespace

int keys_journal(const JournalCommand& command) {
  const std::unique_ptr<log::Log> log = make_log({});
  const auto kms = open_shared_kms(command.common.files, *log);
  if (!kms) return report(kms.error());
  const Result<void> shown = show_journal(command, (*kms)->journal());
  return shown ? kDone : report(shown.error());
}

int keys_audit(const CustodyOptions& options) {
  const Result<kms::AuditReport> audited = audit(options.files);
  if (!audited) return report(audited.error());
  if (options.json)
    print(to_json(*audited));
  else
    show(*audited);
  return audited->findings.empty() ? kDone : kFailed;
}

}  // namespace lethe::worker::cli
