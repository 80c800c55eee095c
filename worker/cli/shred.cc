// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/shred.h"

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "kms/row_texts.h"
#include "worker/cli/command.h"
#include "worker/cli/erasures.h"
#include "worker/cli/time.h"

namespace lethe::worker::cli {
namespace {

using kms::erasure::Stage;
using kms::erasure::Status;

constexpr std::size_t kManyNames = 100;

// Names to erase. One on the command line stays in the shell's history; from standard input it does
// not, and an error says in which line its name stood.
struct Given {
  std::string name;
  std::size_t line = 0;  // 0: on the command line
};

std::vector<Given> names(const std::string& argument) {
  if (argument != "-") return {{std::string(key_name(argument))}};
  std::vector<Given> read;
  std::size_t number = 0;
  for (std::string line; std::getline(std::cin, line);) {
    ++number;
    if (!line.empty()) read.push_back({std::string(key_name(line)), number});
  }
  return read;
}

Result<kms::erasure::Request> request_of(const ShredCommand& command) {
  kms::erasure::Request request;
  request.erasure_id = command.erasure_id;
  request.actor = acting_user();
  request.policy = kms::to_erased_policy(command.policy);
  request.unseen = command.unseen;
  request.propose = command.propose;
  request.confirmed = true;
  if (!command.undo_window.empty())
    request.undo_window = LETHE_TRY(to_duration(command.undo_window));
  if (!command.at.empty()) request.execute_at = LETHE_TRY(to_time(command.at));
  return request;
}

class Shredding {
 public:
  Shredding(const ShredCommand& command, kms::GatewayKms& kms, kms::erasure::Request request)
      : command_(command), kms_(kms), request_(std::move(request)) {}

  Result<void> one(const Given& given) {
    if (command_.dry_run) return preview(given);
    request_.name = given.name;
    Status status = LETHE_TRY(kms_.erasures().request(request_));
    const std::string salt = status.salt;
    LETHE_TRY(keep_receipt(status));
    status = LETHE_TRY(waited(std::move(status)));
    status.salt = command_.receipt.empty() ? salt : std::string();
    show_erasure(status, command_.common.json);
    if (!status.salt.empty() && !command_.common.json)
      print("salt " + salt + ": keep it, it shows whose erasure this was");
    if (command_.certificate.empty()) return {};
    const std::string text = LETHE_TRY(kms_.erasures().certificate(status.erasure_id));
    return write_private(command_.certificate, text + "\n");
  }

 private:
  Result<void> preview(const Given& given) {
    const kms::SubjectStatus subject = LETHE_TRY(kms_.status(given.name));
    print("would erase: subject " + subject.subject + ", " + std::to_string(subject.live_keys) +
          (subject.live_keys == 1 ? " key" : " keys"));
    return {};
  }

  // The salt is lost if it is not kept now: it is written before anything is waited for.
  Result<void> keep_receipt(const Status& status) {
    if (command_.receipt.empty() || status.salt.empty()) return {};
    json::Value receipt;
    receipt.set("erasure_id", status.erasure_id)
        .set("salt", status.salt)
        .set("subject_commit", status.subject_commit)
        .set("verifier_key", kms_.journal().signer().verifier_key().text());
    return write_private(command_.receipt, receipt.dump() + "\n");
  }

  Result<Status> waited(Status status) {
    const bool waits = status.stage == Stage::kProposed || status.stage == Stage::kPending;
    if (command_.wait == "none" || waits) return status;
    const Stage stage = command_.wait == "L1" ? Stage::kRemoved : Stage::kEffective;
    const bool known = status.already_known;
    status = LETHE_TRY(kms_.erasures().wait(status.erasure_id, stage,
                                            std::chrono::seconds(command_.wait_seconds)));
    status.already_known = known;
    return status;
  }

  const ShredCommand& command_;
  kms::GatewayKms& kms_;
  kms::erasure::Request request_;
};

Result<void> check(const ShredCommand& command, std::size_t count) {
  if (count == 0) return bad_config("standard input held no name to erase; write one a line");
  if (count > 1 &&
      !(command.certificate.empty() && command.receipt.empty() && command.erasure_id.empty()))
    return bad_config(
        "--certificate, --receipt and --id are for one name; use `lethe certificate ERASURE_ID` "
        "for each of several");
  if (count > kManyNames && command.confirm != count && !command.dry_run)
    return bad_config("these are " + std::to_string(count) +
                      " names; look at them with --dry-run, then repeat with --confirm " +
                      std::to_string(count));
  return {};
}

}  // namespace

// One name that cannot be erased does not keep the others from it.
int shred(const ShredCommand& command) {
  const std::unique_ptr<log::Log> log = make_log({});
  auto request = request_of(command);
  if (!request) return report(request.error());
  const auto kms = open_shared_kms(command.common.files, *log);
  if (!kms) return report(kms.error());
  const std::vector<Given> all = names(command.name);
  const Result<void> sound = check(command, all.size());
  if (!sound) return report(sound.error());
  Shredding shredding(command, **kms, std::move(request).value());
  int code = kDone;
  for (const Given& given : all) {
    const Result<void> done = shredding.one(given);
    if (done) continue;
    const Error error =
        given.line == 0 ? done.error()
                        : Error(done.error()).with_context("line " + std::to_string(given.line));
    code = std::max(code, report(error));
  }
  const Result<void> kept = (*kms)->keep_witness();
  if (!kept) code = std::max(code, report(kept.error()));
  return code;
}

}  // namespace lethe::worker::cli
