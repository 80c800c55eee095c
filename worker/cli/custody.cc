// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/custody.h"

#include "kms/row_texts.h"
#include "lethe/suites.h"
#include "worker/cli/time.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

json::Value to_json(const kms::SubjectStatus& subject) {
  json::Value value;
  value.set("subject", subject.subject);
  if (!subject.name.empty()) value.set("name", subject.name);
  value.set("live_keys", subject.live_keys)
      .set("erasures", subject.fence_version)
      .set("restricted", subject.restricted)
      .set("tampered", subject.tampered);
  if (subject.policy) value.set("on_new_data", kms::to_string(*subject.policy));
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

json::Value to_json(const kms::KeyStatus& key) {
  const Suite* suite = find_suite(key.suite);
  json::Value value;
  value.set("dek_id", key.dek_id).set("subject", key.subject);
  if (!key.name.empty()) value.set("name", key.name);
  value.set("algorithm", suite == nullptr ? "unknown" : suite->name)
      .set("fence_version", key.fence_version)
      .set("rotation", key.rotation)
      .set("kek_generation", key.kek_generation)
      .set("created_at", cli::to_text(key.created_at))
      .set("created_by", key.created_by)
      .set("live", key.live)
      .set("tampered", key.tampered);
  return value;
}

std::string to_text(const kms::KeyStatus& key) {
  const Suite* suite = find_suite(key.suite);
  std::string text = key.dek_id + "  " + key.subject + "  ";
  text += suite == nullptr ? "unknown" : suite->name;
  text += "  " + cli::to_text(key.created_at) + (key.live ? "  live" : "  dead");
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
