// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/erasures.h"

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <optional>
#include <utility>

#include "kms/row_texts.h"
#include "worker/cli/command.h"
#include "worker/cli/time.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

using kms::erasure::Stage;
using kms::erasure::Status;

constexpr std::string_view kScheme = "gateway-kms://";

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::kProposed:
      return "proposed";
    case Stage::kPending:
      return "pending";
    case Stage::kFenced:
      return "fenced";
    case Stage::kEffective:
      return "effective";
    case Stage::kRemoved:
      return "removed";
    case Stage::kCancelled:
      break;
  }
  return "cancelled";
}

std::string_view in_words(const Status& status) {
  switch (status.stage) {
    case Stage::kProposed:
      return "proposed";
    case Stage::kPending:
      return "will be erased";
    case Stage::kCancelled:
      return "cancelled";
    default:
      return status.already_known ? "erased before" : "erased";
  }
}

std::string_view next_step(Stage stage) {
  switch (stage) {
    case Stage::kProposed:
      return "waits for another user's `lethe approve`";
    case Stage::kPending:
      return "can be taken back until shortly before its time by `lethe cancel`";
    case Stage::kFenced:
      return "durable, and effective within a lease";
    case Stage::kEffective:
      return "effective everywhere (L0)";
    case Stage::kRemoved:
      return "effective everywhere, keys removed (L1)";
    case Stage::kCancelled:
      break;
  }
  return "nothing was erased by it";
}

json::Value to_json(const Status& status) {
  json::Value value;
  value.set("erasure_id", status.erasure_id)
      .set("subject", status.subject)
      .set("stage", name_of(status.stage))
      .set("fence_version", status.fence_version)
      .set("dek_ids", json::Array(status.dek_ids.begin(), status.dek_ids.end()))
      .set("already_done", status.already_known)
      .set("subject_commit", status.subject_commit);
  if (status.policy) value.set("on_new_data", kms::to_string(*status.policy));
  if (!status.salt.empty()) value.set("salt", status.salt);
  const std::pair<std::string_view, const std::optional<kms::erasure::Time>&> times[] = {
      {"requested_at", status.requested_at},
      {"execute_at", status.execute_at},
      {"fenced_at", status.fenced_at},
      {"effective_at", status.effective_at},
      {"removed_at", status.removed_at}};
  for (const auto& [name, time] : times)
    if (time) value.set(name, to_text(*time));
  return value;
}

template <class Work>
int with_kms(const CustodyOptions& options, Work work) {
  const std::unique_ptr<log::Log> log = make_log({});
  const auto kms = open_shared_kms(options.files, *log);
  if (!kms) return report(kms.error());
  const Result<void> done = work(**kms);
  const Result<void> kept = (*kms)->keep_witness();
  if (!done) return report(done.error());
  return kept ? kDone : report(kept.error());
}

}  // namespace

std::string acting_user() {
  const passwd* user = ::getpwuid(::getuid());
  return "user:" + (user == nullptr ? std::to_string(::getuid()) : std::string(user->pw_name));
}

std::string_view key_name(std::string_view given) {
  if (given.starts_with(kScheme)) given.remove_prefix(kScheme.size());
  return given;
}

// From standard input it does not stay in the shell's history.
Result<std::string> one_name(const std::string& given) {
  if (given != "-") return std::string(key_name(given));
  std::string line;
  if (!std::getline(std::cin, line) || line.empty())
    return bad_config("standard input held no name; write one line");
  return std::string(key_name(line));
}

// Said before anything is missing: nothing in the memory store can be reached from outside.
Result<std::unique_ptr<kms::GatewayKms>> open_shared_kms(const Files& files, log::Log& log) {
  harden_process();
  config::Diagnostics diagnostics;
  Result<config::WorkerConfig> worker = load_worker_only(files, diagnostics);
  show(diagnostics);
  if (!worker) return std::move(worker).error();
  if (worker->kms.store == config::StoreKind::kMemory)
    return bad_config(
        "the memory store lives inside one worker, so nothing can be shredded in it from outside; "
        "configure kms.store: {sqlite: PATH}, {postgres: URL} or {kafka: ...}");
  return make_kms(*worker, Custody::kLookOnly, log);
}

void show_erasure(const Status& status, bool json) {
  if (json) return print(to_json(status));
  const std::size_t keys = status.dek_ids.size();
  std::string text(in_words(status));
  text += ": subject " + status.subject + ", ";
  if (status.fence_version > 0)
    text += std::to_string(keys) + (keys == 1 ? " key" : " keys") + " destroyed, ";
  text += "erasure " + status.erasure_id + ", ";
  if (status.execute_at && status.stage == Stage::kPending)
    text += "at " + to_text(*status.execute_at) + ", ";
  text += next_step(status.stage);
  print(text);
}

Result<void> write_private(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return bad_config("could not make the file '" + path + "': " + std::strerror(errno) +
                      (errno == EEXIST ? "; name one that does not exist yet" : ""));
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool kept = text.empty() && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (kept) return {};
  return bad_config("could not write the file '" + path + "': " + std::strerror(error));
}

int erasure(const ErasureCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    LETHE_TRY(kms.erasures().tick());
    show_erasure(LETHE_TRY(kms.erasures().status(command.erasure_id)), command.common.json);
    return {};
  });
}

int certificate(const ErasureCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    const std::string text = LETHE_TRY(kms.erasures().certificate(command.erasure_id));
    if (!command.file.empty()) return write_private(command.file, text + "\n");
    print(text);
    return {};
  });
}

int approve(const ErasureCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    show_erasure(LETHE_TRY(kms.erasures().approve(command.erasure_id, acting_user())),
                 command.common.json);
    return {};
  });
}

int cancel(const ErasureCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    show_erasure(LETHE_TRY(kms.erasures().cancel(command.erasure_id, acting_user())),
                 command.common.json);
    return {};
  });
}

int hold(const SubjectCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    const std::string name = LETHE_TRY(one_name(command.name));
    LETHE_TRY(kms.erasures().hold(name, !command.lift, acting_user()));
    print(std::string(command.lift ? "hold lifted" : "held: it is read on, and not erased"));
    return {};
  });
}

int restrict_subject(const SubjectCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    const std::string name = LETHE_TRY(one_name(command.name));
    LETHE_TRY(kms.restrict(name, !command.lift));
    print(std::string(command.lift ? "restriction lifted"
                                   : "restricted: nobody reads it, nothing is erased"));
    return {};
  });
}

int reinstate(const SubjectCommand& command) {
  return with_kms(command.common, [&](kms::GatewayKms& kms) -> Result<void> {
    const std::string name = LETHE_TRY(one_name(command.name));
    LETHE_TRY(kms.erasures().reinstate(name, acting_user()));
    print(std::string("reinstated: new records get a new key, the old ones stay sealed"));
    return {};
  });
}

}  // namespace lethe::worker::cli
