// SPDX-License-Identifier: Apache-2.0
//
// The command line of `lethe`: parses it and calls a command. CLI11 ends here.

#include <CLI/CLI.hpp>
#include <iostream>

#include "worker/cli/custody.h"
#include "worker/cli/erasures.h"
#include "worker/cli/keys_backup.h"
#include "worker/cli/keys_journal.h"
#include "worker/cli/lint.h"
#include "worker/cli/open.h"
#include "worker/cli/plugins.h"
#include "worker/cli/replay.h"
#include "worker/cli/run.h"
#include "worker/cli/selftest.h"
#include "worker/cli/shred.h"
#include "worker/cli/verify.h"
#include "worker/cli/verify_subject.h"

namespace {

using namespace lethe::worker::cli;  // NOLINT: the commands are all there is here

// Sub-commands set it to what they would do.
using Action = std::function<int()>;

void add_worker_file(CLI::App& command, Files& files) {
  command.add_option("-c,--config", files.worker, "Worker file (optional)");
}

// For commands that look at a store: it is found through the same files as a run finds it.
void add_store(CLI::App& command, Files& files) {
  add_worker_file(command, files);
  command.add_option("-f,--file", files.pipelines,
                     "Pipeline file whose store is meant; without -f and -c: ./lethe-data");
}

// required: a worker file alone is nothing to do.
void add_pipelines(CLI::App& command, Files& files, bool required = true) {
  add_worker_file(command, files);
  command.add_option("pipelines", files.pipelines, "Pipeline files, or folders of them")
      ->required(required);
}

void add_log(CLI::App& command, LogOptions& log) {
  command.add_option("--log-level", log.level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  command.add_option("--log-format", log.format, "text (on a terminal) or json (elsewhere)")
      ->check(CLI::IsMember({"text", "json"}));
}

void add_run(CLI::App& app, RunCommand& options, Action& action) {
  CLI::App* command = app.add_subcommand("run", "Run pipelines");
  add_pipelines(*command, options.files, false);
  command->add_flag("--check", options.check, "Make everything ready, run nothing");
  command->add_option("--metrics-file", options.metrics_file,
                      "Write metrics in Prometheus' text format, while running and at the end");
  add_log(*command, options.log);
  command->footer(
      "Example: lethe run customers.yaml\n         lethe run -c worker.yaml   (the erasure inbox "
      "alone)\nSIGTERM or Ctrl-C drains, commits and ends; "
      "a second one ends at once.");
  command->callback([&] { action = [&] { return run(options); }; });
}

void add_replay(CLI::App& app, RunCommand& options, Action& action) {
  CLI::App* command =
      app.add_subcommand("replay", "Send a pipeline's dead letters through it again");
  add_pipelines(*command, options.files);
  command->add_option("--metrics-file", options.metrics_file, "As for run");
  add_log(*command, options.log);
  command->footer("Example: lethe replay customers.yaml");
  command->callback([&] { action = [&] { return replay(options); }; });
}

void add_lint(CLI::App& app, LintCommand& options, Action& action) {
  CLI::App* command = app.add_subcommand("lint", "Find what is wrong with pipeline files");
  add_pipelines(*command, options.files);
  command->add_flag("--json", options.json, "For machines");
  command->add_flag("--dump", options.dump, "Print the effective configuration");
  command->footer("Example: lethe lint customers.yaml");
  command->callback([&] { action = [&] { return lint(options); }; });
}

void add_shred(CLI::App& app, ShredCommand& options, Action& action) {
  CLI::App* command = app.add_subcommand("shred", "Erase a subject: destroy its keys, for good");
  command->add_option("name", options.name, "Key name, or - to read names from standard input")
      ->required();
  add_store(*command, options.common.files);
  command->add_flag("--unseen", options.unseen, "Also a name that has no key yet");
  command->add_option("--new-data", options.policy, "What new records of this subject meet")
      ->check(CLI::IsMember({"block", "recreate", "drop"}));
  command->add_option("--wait", options.wait, "Until effective (L0), until removed (L1), or none")
      ->check(CLI::IsMember({"L0", "L1", "none"}))
      ->capture_default_str();
  command->add_option("--wait-seconds", options.wait_seconds, "The longest wait")
      ->capture_default_str();
  command->add_option("--certificate", options.certificate, "Write the certificate to this file");
  command->add_option("--receipt", options.receipt,
                      "Write the salt, which shows whose erasure it was, to this file");
  command->add_option("--undo-window", options.undo_window,
                      "Restrict now, erase after this time: 72h, 14d");
  command->add_option("--at", options.at, "Erase at this time, read on until then");
  command->add_option("--id", options.erasure_id,
                      "Erasure id; asked again, it is the same erasure");
  command->add_flag("--propose", options.propose, "Only once somebody else has approved it");
  command->add_flag("--dry-run", options.dry_run, "Show what would be erased");
  command->add_option("--confirm", options.confirm, "How many names these are, if over 100");
  command->add_flag("--json", options.common.json, "For machines");
  command->footer(
      "Example: lethe shred user-102 -f customers.yaml\n         lethe shred - -f "
      "customers.yaml < names   (names in a shell's history outlive an erasure)\n         "
      "lethe shred user-102 --wait L1 --certificate user-102.json -c worker.yaml");
  command->callback([&] { action = [&] { return shred(options); }; });
}

// Commands that are given the id of an erasure.
void add_erasures(CLI::App& app, ErasureCommand& options, Action& action) {
  struct Command {
    const char* name;
    const char* description;
    int (*run)(const ErasureCommand&);
  };
  static constexpr Command kCommands[] = {
      {"erasure", "Show how far an erasure has come", erasure},
      {"certificate", "Write the certificate of an erasure", certificate},
      {"approve", "Approve an erasure that somebody else has proposed", approve},
      {"cancel", "Take back an erasure that waits for its time", cancel}};
  for (const Command& one : kCommands) {
    CLI::App* command = app.add_subcommand(one.name, one.description);
    command->add_option("id", options.erasure_id, "Erasure id, as `lethe shred` has printed it")
        ->required();
    add_store(*command, options.common.files);
    if (one.run == certificate)
      command->add_option("-o,--output", options.file, "A new file; else standard output");
    else
      command->add_flag("--json", options.common.json, "For machines");
    command->footer(std::string("Example: lethe ") + one.name + " er-5f0c... -c worker.yaml");
    command->callback([&, run = one.run] { action = [&, run] { return run(options); }; });
  }
}

// Commands that are given a name, and erase nothing.
void add_subject_states(CLI::App& app, SubjectCommand& options, Action& action) {
  struct Command {
    const char* name;
    const char* description;
    int (*run)(const SubjectCommand&);
    bool can_be_lifted;
  };
  static constexpr Command kCommands[] = {
      {"hold", "Refuse erasures of a subject; reading goes on", hold, true},
      {"restrict", "Let nobody read a subject; nothing is erased", restrict_subject, true},
      {"reinstate", "Accept new data of an erased subject, under a new key", reinstate, false}};
  for (const Command& one : kCommands) {
    CLI::App* command = app.add_subcommand(one.name, one.description);
    command->add_option("name", options.name, "Key name, or - to read it from standard input")
        ->required();
    add_store(*command, options.common.files);
    if (one.can_be_lifted) command->add_flag("--lift", options.lift, "Undo it");
    command->footer(std::string("Example: lethe ") + one.name + " user-102 -c worker.yaml");
    command->callback([&, run = one.run] { action = [&, run] { return run(options); }; });
  }
}

void add_subjects(CLI::App& app, CustodyOptions& options, Action& action) {
  CLI::App* command = app.add_subcommand("subjects", "List the subjects of a store");
  add_store(*command, options.files);
  command->add_flag("--json", options.json, "For machines, one object a line");
  command->footer("Example: lethe subjects -f customers.yaml");
  command->callback([&] { action = [&] { return subjects(options); }; });
}

// Without a certificate it looks at records.
void add_verify(CLI::App& app, VerifyCommand& options, VerifySubjectCommand& records,
                Action& action) {
  CLI::App* command = app.add_subcommand(
      "verify", "Judge the certificate of an erasure, offline; or try to open a person's records");
  command->add_option("certificate", options.certificate, "Certificate file");
  command->add_option("--verifier-key", options.verifier_key,
                      "The signer's key, or a file that holds it; else the receipt's");
  command->add_option("--journal", options.journal,
                      "Exported journal, to check the proofs against");
  command->add_option("--subject", options.subject,
                      "Key name whose erasure it is said to be, or - to read it");
  command->add_option("--salt", options.salt, "The salt of that erasure");
  command->add_option("--receipt", options.receipt, "The receipt that holds the salt");
  command->add_flag("--json", options.json, "For machines");
  command->footer(
      "Example: lethe verify user-102.json --verifier-key signer.vkey\n         lethe verify "
      "user-102.json --subject user-102 --receipt user-102.receipt\n         lethe verify "
      "--subject user-102 --file customers.sealed.jsonl -f customers.yaml");
  add_worker_file(*command, records.common.files);
  command->add_option("-f,--pipeline", records.common.files.pipelines,
                      "Pipeline file whose store and records are meant");
  CLI::Option* topic = command->add_option("--topic", records.topic, "Topic with records");
  command->add_option("--file", records.file, "File with records, a line each")->excludes(topic);
  command->callback([&] {
    action = [&] {
      if (!options.certificate.empty()) return verify(options);
      records.name = options.subject;
      records.common.json = options.json;
      return verify_subject(records);
    };
  });
}

// The journal of a store, and whether everything in the store agrees.
void add_keys_journal(CLI::App& keys, JournalCommand& options, Action& action) {
  CLI::App* journal = keys.add_subcommand("journal", "Show or export what happened to keys");
  CLI::App* audit = keys.add_subcommand("audit", "Hold everything in a store against the rest");
  for (CLI::App* one : {journal, audit}) {
    add_store(*one, options.common.files);
    one->add_flag("--json", options.common.json, "For machines");
  }
  journal->add_option("--export", options.export_to, "Write its lines to a new file");
  journal->add_flag("--verifier-key", options.verifier_key,
                    "Print the key that checkpoints and certificates are verified with");
  journal->footer("Example: lethe keys journal --export journal.jsonl -c worker.yaml");
  audit->footer("Example: lethe keys audit -c worker.yaml");
  journal->callback([&] { action = [&] { return keys_journal(options); }; });
  audit->callback([&] { action = [&] { return keys_audit(options.common); }; });
}

void add_keys_backup(CLI::App& keys, BackupCommand& options, Action& action) {
  CLI::App* backup = keys.add_subcommand("backup", "Write all rows of a store to a file");
  CLI::App* restore = keys.add_subcommand(
      "restore", "Make a store of a backup, or bring one that was rolled back up to date");
  for (CLI::App* one : {backup, restore}) {
    add_store(*one, options.common.files);
    one->add_flag("--json", options.common.json, "For machines");
  }
  backup->add_option("backup", options.file, "A new file")->required();
  restore->add_option("backup", options.file, "The backup; without one: the store as it is");
  restore->add_option("--journal", options.journal,
                      "The copy of the journal; else the one that is configured");
  restore->add_flag("--without-journal", options.without_journal,
                    "There is no copy; later erasures, if there were any, are undone");
  backup->footer("Example: lethe keys backup keys-2026-12-01.jsonl -c worker.yaml");
  restore->footer(
      "Example: lethe keys restore keys-2026-12-01.jsonl --journal journal.copy -c worker.yaml");
  backup->callback([&] { action = [&] { return keys_backup(options); }; });
  restore->callback([&] { action = [&] { return keys_restore(options); }; });
}

CLI::App& add_keys(CLI::App& app, CustodyOptions& options, Action& action) {
  CLI::App* command = app.add_subcommand("keys", "Custody of the keys of a store");
  command->require_subcommand(1);
  CLI::App* init = command->add_subcommand("init", "Make the named store and root if missing");
  CLI::App* list = command->add_subcommand("list", "List the keys of a store");
  for (CLI::App* one : {init, list}) {
    add_store(*one, options.files);
    one->add_flag("--json", options.json, "For machines, one object a line");
  }
  init->footer("Example: lethe keys init -c worker.yaml");
  list->footer("Example: lethe keys list -f customers.yaml");
  init->callback([&] { action = [&] { return keys_init(options); }; });
  list->callback([&] { action = [&] { return keys_list(options); }; });
  return *command;
}

void add_open(CLI::App& app, OpenCommand& options, Action& action) {
  CLI::App* command = app.add_subcommand("open", "Open sealed values by hand");
  command->add_option("values", options.values, "Sealed values, or - to read them, one a line")
      ->required();
  command->add_option("--path", options.path, "Field that the value stood in: contacts[*].email");
  command->add_option("--dataset", options.dataset, "For values bound to a dataset");
  command->add_option("--key", options.key, "Record key, for values bound to it");
  add_store(*command, options.files);
  command->footer("Example: lethe open --path visa -f customers.yaml enc1....");
  command->callback([&] { action = [&] { return open(options); }; });
}

void add_plugins(CLI::App& app, PluginsCommand& options, Action& action) {
  CLI::App* command = app.add_subcommand("plugins", "Show plugins and their options");
  command->require_subcommand(1);
  CLI::App* list = command->add_subcommand("list", "Plugins that can be named in a pipeline");
  CLI::App* inspect = command->add_subcommand("inspect", "What a library says of itself");
  CLI::App* describe = command->add_subcommand("describe", "A plugin's options");
  for (CLI::App* one : {list, inspect, describe})
    one->add_flag("--json", options.json, "For machines");
  for (CLI::App* one : {list, describe}) add_worker_file(*one, options.files);
  inspect->add_option("library", options.subject, "A lethe-*.so")->required();
  describe->add_option("plugin", options.subject, "Its name")->required();
  list->footer("Example: lethe plugins list");
  inspect->footer("Example: lethe plugins inspect ./lethe-redact.so");
  describe->footer("Example: lethe plugins describe encrypt");
  list->callback([&] { action = [&] { return plugins_list(options); }; });
  inspect->callback([&] { action = [&] { return plugins_inspect(options); }; });
  describe->callback([&] { action = [&] { return plugins_describe(options); }; });
}

void add_selftest(CLI::App& app, std::string& folder, Action& action) {
  CLI::App* command = app.add_subcommand("selftest", "Check this build against known answers");
  command->add_option("--vectors", folder, "Folder of *.json vector files")->required();
  command->footer("Example: lethe selftest --vectors docs/formats/vectors");
  command->callback([&] {
    action = [&] {
      const lethe::Result<SelfTestReport> outcome = run_vectors(folder, std::cout);
      if (!outcome) return report(outcome.error());
      return outcome->failed == 0 ? kDone : kFailed;
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Lethe: streams records through transforms that seal chosen fields under one key per "
      "person. Destroy that key and the person is forgotten wherever the data went.",
      "lethe");
  app.set_version_flag("--version", "lethe " LETHE_VERSION);
  app.require_subcommand(1);
  Action action;
  RunCommand run_options, replay_options;
  LintCommand lint_options;
  ShredCommand shred_options;
  ErasureCommand erasure_options;
  SubjectCommand state_options;
  CustodyOptions subjects_options, keys_options;
  BackupCommand backup_options;
  JournalCommand journal_options;
  OpenCommand open_options;
  VerifyCommand verify_options;
  VerifySubjectCommand verify_records;
  PluginsCommand plugins_options;
  std::string vectors;
  add_run(app, run_options, action);
  add_lint(app, lint_options, action);
  add_shred(app, shred_options, action);
  add_erasures(app, erasure_options, action);
  add_subject_states(app, state_options, action);
  add_subjects(app, subjects_options, action);
  add_verify(app, verify_options, verify_records, action);
  CLI::App& keys = add_keys(app, keys_options, action);
  add_keys_journal(keys, journal_options, action);
  add_keys_backup(keys, backup_options, action);
  add_open(app, open_options, action);
  add_replay(app, replay_options, action);
  add_plugins(app, plugins_options, action);
  add_selftest(app, vectors, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return action();
}
