// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/custody.h"

#include <algorithm>
#include <ctime>
#include <iostream>

#include "lethe/suites.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

constexpr std::string_view kScheme = "gateway-kms://";

std::optional<kms::ErasedPolicy> policy_named(const std::string& name) {
  if (name == "block") return kms::ErasedPolicy::kBlock;
  if (name == "recreate") return kms::ErasedPolicy::kRecreate;
  if (name == "drop") return kms::ErasedPolicy::kDrop;
  return std::nullopt;
}

std::string_view name_of(kms::ErasedPolicy policy) {
  switch (policy) {
    case kms::ErasedPolicy::kRecreate:
      return "recreate";
    case kms::ErasedPolicy::kDrop:
      return "drop";
    case kms::ErasedPolicy::kBlock:
      break;
  }
  return "block";
}

// Names to erase. One on the command line stays in the shell's history; from standard input it does
// not, and an error says in which line its name stood.
struct Given {
  std::string name;
  std::size_t line = 0;  // 0: on the command line
};

std::vector<Given> names(const std::string& argument) {
  if (argument != "-") return {{argument}};
  std::vector<Given> read;
  std::size_t number = 0;
  for (std::string line; std::getline(std::cin, line);) {
    ++number;
    if (!line.empty()) read.push_back({std::move(line), number});
  }
  return read;
}

json::Value to_json(const kms::Erasure& erasure) {
  json::Array ids(erasure.dek_ids.begin(), erasure.dek_ids.end());
  json::Value value;
  value.set("erasure_id", erasure.erasure_id)
      .set("subject", erasure.subject)
      .set("fence_version", erasure.fence_version)
      .set("dek_ids", std::move(ids))
      .set("already_done", erasure.already_done);
  if (erasure.policy) value.set("on_new_data", name_of(*erasure.policy));
  return value;
}

void show_erasure(const kms::Erasure& erasure, bool json) {
  if (json) return print(to_json(erasure));
  std::string text = erasure.already_done ? "erased before" : "erased";
  text += ": subject " + erasure.subject + ", " + std::to_string(erasure.dek_ids.size()) +
          (erasure.dek_ids.size() == 1 ? " key" : " keys") + " destroyed, erasure " +
          erasure.erasure_id;
  print(text);
}

// Custody for a worker whose store others share; said before anything is missing.
Result<std::unique_ptr<kms::GatewayKms>> open_shared_kms(const Files& files, log::Log& log) {
  harden_process();
  config::Diagnostics diagnostics;
  Result<config::WorkerConfig> worker = load_worker_only(files, diagnostics);
  show(diagnostics);
  if (!worker) return std::move(worker).error();
  if (worker->kms.store == config::StoreKind::kMemory)
    return bad_config(
        "the memory store lives inside one worker, so nothing can be shredded in it from outside; "
        "configure kms.store: {sqlite: PATH}");
  return make_kms(*worker, Custody::kLookOnly, log);
}

Result<void> shred_one(kms::GatewayKms& kms, const Given& given, const ShredCommand& command) {
  std::string_view name = given.name;
  if (name.starts_with(kScheme)) name.remove_prefix(kScheme.size());
  kms::ShredOptions options;
  options.unseen = command.unseen;
  options.policy = policy_named(command.policy);
  const Result<kms::Erasure> erasure = kms.shred(name, options);
  if (erasure) {
    show_erasure(*erasure, command.common.json);
    return {};
  }
  if (given.line == 0) return erasure.error();
  return Error(erasure.error()).with_context("line " + std::to_string(given.line));
}

// One name that cannot be erased does not keep the others from it.
int shred_all(const ShredCommand& command) {
  const std::unique_ptr<log::Log> log = make_log({});
  const auto kms = open_shared_kms(command.common.files, *log);
  if (!kms) return report(kms.error());
  const std::vector<Given> all = names(command.name);
  if (all.empty())
    return report(bad_config("standard input held no name to erase; write one a line"));
  int code = kDone;
  for (const Given& given : all) {
    const Result<void> done = shred_one(**kms, given, command);
    if (!done) code = std::max(code, report(done.error()));
  }
  return code;
}

json::Value to_json(const kms::SubjectStatus& subject) {
  json::Value value;
  value.set("subject", subject.subject);
  if (!subject.name.empty()) value.set("name", subject.name);
  value.set("live_keys", subject.live_keys)
      .set("erasures", subject.fence_version)
      .set("restricted", subject.restricted)
      .set("tampered", subject.tampered);
  if (subject.policy) value.set("on_new_data", name_of(*subject.policy));
  return value;
}

std::string to_text(const kms::SubjectStatus& subject) {
  std::string text = subject.subject;
  text += "  " + std::to_string(subject.live_keys) + (subject.live_keys == 1 ? " key " : " keys");
  if (subject.fence_version != 0)
    text += subject.live_keys == 0 ? "  erased" : "  erased before, recreated";
  if (subject.restricted) text += "  restricted";
  if (subject.tampered) text += "  TAMPERED: a row fails its check";
  if (!subject.name.empty()) text += "  " + subject.name;
  return text;
}

std::string timestamp(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

json::Value to_json(const kms::KeyStatus& key) {
  const Suite* suite = find_suite(key.suite);
  json::Value value;
  value.set("dek_id", key.dek_id).set("subject", key.subject);
  if (!key.name.empty()) value.set("name", key.name);
  value.set("algorithm", suite == nullptr ? "unknown" : suite->name)
      .set("fence_version", key.fence_version)
      .set("rotation", key.rotation)
      .set("kek_generation", key.kek_generation)
      .set("created_at", timestamp(key.created_at))
      .set("created_by", key.created_by)
      .set("live", key.live)
      .set("tampered", key.tampered);
  return value;
}

std::string to_text(const kms::KeyStatus& key) {
  const Suite* suite = find_suite(key.suite);
  std::string text = key.dek_id + "  " + key.subject + "  ";
  text += suite == nullptr ? "unknown" : suite->name;
  text += "  " + timestamp(key.created_at) + (key.live ? "  live" : "  dead");
  if (key.tampered) text += "  TAMPERED: the row does not fit together";
  if (!key.name.empty()) text += "  " + key.name;
  return text;
}

template <class Status>
void show_status(const Status& status, bool json) {
  if (json)
    print(to_json(status));
  else
    print(to_text(status));
}

Result<void> init(const CustodyOptions& options) {
  harden_process();
  const std::unique_ptr<log::Log> log = make_log({});
  config::Diagnostics diagnostics;
  Result<config::WorkerConfig> worker = load_worker_only(options.files, diagnostics);
  show(diagnostics);
  if (!worker) return std::move(worker).error();
  const auto kms = LETHE_TRY(make_kms(*worker, Custody::kCreate, *log));
  const kms::CustodyDescription made = kms->describe();
  if (!options.json) {
    print("ready: " + made.store + ", root " + made.root + ", tenant " + made.tenant);
    return {};
  }
  json::Value value;
  value.set("store", made.store)
      .set("store_id", made.store_id)
      .set("root", made.root)
      .set("tenant", made.tenant)
      .set("epoch", made.epoch)
      .set("key_names", made.readable_names ? "clear" : "pseudonym");
  print(value);
  return {};
}

int finish(const Result<void>& outcome) {
  return outcome ? kDone : report(outcome.error());
}

}  // namespace

int shred(const ShredCommand& command) {
  return shred_all(command);
}

int subjects(const CustodyOptions& options) {
  const auto list = [&]() -> Result<void> {
    const std::unique_ptr<log::Log> log = make_log({});
    const auto kms = LETHE_TRY(open_kms(options.files, Custody::kLookOnly, *log));
    return kms->subjects(
        [&](const kms::SubjectStatus& subject) { show_status(subject, options.json); });
  };
  return finish(list());
}

int keys_init(const CustodyOptions& options) {
  return finish(init(options));
}

int keys_list(const CustodyOptions& options) {
  const auto list = [&]() -> Result<void> {
    const std::unique_ptr<log::Log> log = make_log({});
    const auto kms = LETHE_TRY(open_kms(options.files, Custody::kLookOnly, *log));
    return kms->keys([&](const kms::KeyStatus& key) { show_status(key, options.json); });
  };
  return finish(list());
}

}  // namespace lethe::worker::cli
