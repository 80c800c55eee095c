// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/verify.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "json/json.h"
#include "kms/hex.h"
#include "kms/journal/certificate.h"
#include "worker/cli/command.h"
#include "worker/cli/erasures.h"

namespace lethe::worker::cli {
namespace {

namespace journal = kms::journal;
using journal::EventKind;
using journal::Fault;

constexpr std::string_view kNoKey = "NO_VERIFIER_KEY";
constexpr std::string_view kNoKeyMeaning =
    "nobody's signature was checked, so that the signer is only as trustworthy as the file: ask "
    "the signer for what `lethe keys journal --verifier-key` prints, and pass it as --verifier-key";

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file) return bad_config("could not read the file '" + path + "'; check name and rights");
  return text;
}

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

std::string_view in_words(journal::Level level) {
  switch (level) {
    case journal::Level::kEffective:
      return "effective: no worker can use the keys any more";
    case journal::Level::kRemoved:
      return "removed: no worker can use the keys, and no wrapped key is left in the live store";
    case journal::Level::kFinal:
      break;
  }
  return "final: the keys are gone, and no copy of the store can be opened, either";
}

std::string_view time_name(EventKind kind) {
  switch (kind) {
    case EventKind::kFenced:
      return "fenced_at";
    case EventKind::kEffective:
      return "effective_at";
    case EventKind::kEdeksRemoved:
      return "removed_at";
    case EventKind::kFinal:
      return "final_at";
    default:
      return {};
  }
}

// Whose word the verifier key is.
enum class KeyFrom { kNobody, kGiven, kReceipt };

struct Material {
  std::string certificate;
  std::optional<std::string> journal;
  json::Value receipt;  // null: none
  journal::VerifierKey key;
  KeyFrom key_from = KeyFrom::kNobody;
  std::string subject;
  std::string salt;
};

Result<journal::VerifierKey> parse_key(std::string text) {
  std::error_code error;
  if (std::filesystem::is_regular_file(text, error)) text = LETHE_TRY(read_file(text));
  const auto key = journal::VerifierKey::parse(trimmed(std::move(text)));
  if (!key)
    return bad_config(
        "this is no verifier key; `lethe keys journal --verifier-key` prints it: NAME+HASH+KEY");
  return *key;
}

Result<void> find_key(const VerifyCommand& command, Material& material) {
  std::string text = command.verifier_key;
  material.key_from = text.empty() ? KeyFrom::kReceipt : KeyFrom::kGiven;
  if (text.empty()) text = text_of(material.receipt, "verifier_key");
  if (text.empty())
    material.key_from = KeyFrom::kNobody;
  else
    material.key = LETHE_TRY(parse_key(std::move(text)));
  return {};
}

Result<Material> gather(const VerifyCommand& command) {
  Material material;
  material.certificate = LETHE_TRY(read_file(command.certificate));
  if (!command.journal.empty()) material.journal = LETHE_TRY(read_file(command.journal));
  if (!command.receipt.empty()) {
    auto receipt = json::parse(LETHE_TRY(read_file(command.receipt)));
    if (!receipt || receipt->object() == nullptr)
      return bad_config("the file '" + command.receipt + "' is no receipt of `lethe shred`");
    material.receipt = std::move(receipt).value();
  }
  LETHE_TRY(find_key(command, material));
  if (command.subject.empty()) return material;
  material.subject = LETHE_TRY(one_name(command.subject));
  material.salt = command.salt.empty() ? text_of(material.receipt, "salt") : command.salt;
  if (material.salt.empty())
    return bad_config("whose erasure it was is shown by the salt: give --receipt or --salt");
  return material;
}

struct Verdict {
  std::string_view error{};  // empty: it verifies
  std::string_view meaning{};
  journal::Certificate certificate{};
};

Verdict of(Fault fault, journal::Certificate certificate) {
  return {journal::name(fault), journal::meaning(fault), std::move(certificate)};
}

bool is_receipt_of(const json::Value& receipt, const journal::Certificate& certificate) {
  return receipt.is_null() ||
         (text_of(receipt, "erasure_id") == certificate.erasure_id &&
          text_of(receipt, "subject_commit") == kms::to_hex(certificate.subject_commit));
}

Result<Verdict> judge(const Material& material) {
  journal::Evidence evidence;
  if (material.journal) evidence.journal = *material.journal;
  if (!material.subject.empty()) {
    evidence.person = {material.subject, {}};
    if (!kms::from_hex(material.salt, evidence.person->salt))
      return bad_config("a salt has 64 lower-case hex digits, as the receipt holds it");
  }
  journal::Certificate certificate;
  const Fault fault = verify_certificate(material.certificate, material.key, evidence, certificate);
  const bool readable = fault != Fault::kMalformed && fault != Fault::kUnsupported;
  if (material.key_from == KeyFrom::kNobody && readable)
    return Verdict{kNoKey, kNoKeyMeaning, std::move(certificate)};
  if (fault == Fault::kNone && !is_receipt_of(material.receipt, certificate))
    return Verdict{journal::name(Fault::kBadCertificate), "the receipt is of another erasure",
                   std::move(certificate)};
  return of(fault, std::move(certificate));
}

std::vector<std::string> uuids(const std::vector<kms::store::DekId>& ids) {
  std::vector<std::string> texts;
  for (const kms::store::DekId& id : ids) texts.push_back(kms::to_uuid(id));
  return texts;
}

std::string_view words_of(KeyFrom from) {
  return from == KeyFrom::kGiven ? "its key was given"
                                 : "its key is the receipt's, and only as trustworthy as that "
                                   "file: compare it with one that the signer has published";
}

json::Value to_json(const Verdict& verdict, const Material& material) {
  json::Value value;
  value.set("verified", verdict.error.empty());
  if (!verdict.error.empty())
    return value.set("error", verdict.error).set("meaning", verdict.meaning);
  const journal::Certificate& read = verdict.certificate;
  const std::vector<std::string> ids = uuids(read.dek_ids);
  value.set("level", journal::to_string(read.level))
      .set("meaning", in_words(read.level))
      .set("tenant", read.tenant)
      .set("erasure_id", read.erasure_id)
      .set("fence_version", read.fence_version)
      .set("dek_ids", json::Array(ids.begin(), ids.end()));
  for (const journal::ProvenEntry& proven : read.entries)
    if (const auto name = time_name(proven.entry.event.kind); !name.empty())
      value.set(name, journal::to_text(proven.entry.time));
  value.set("issued_at", journal::to_text(read.issued_at))
      .set("signer", read.signer)
      .set("verifier_key", material.key_from == KeyFrom::kGiven ? "given" : "receipt")
      .set("subject_checked", !material.subject.empty())
      .set("journal_checked", material.journal.has_value())
      .set("stores", json::Array(read.stores.begin(), read.stores.end()))
      .set("not_covered", json::Array(read.not_covered.begin(), read.not_covered.end()));
  return value;
}

std::string to_text(const Verdict& verdict, const Material& material) {
  const journal::Certificate& read = verdict.certificate;
  std::string text = "VERIFIED: level " + std::string(journal::to_string(read.level)) + ", " +
                     std::string(in_words(read.level)) + "\n";
  const auto line = [&](std::string_view name, std::string_view value) {
    text.append(name).append(14 - name.size(), ' ').append(value).append("\n");
  };
  line("erasure", read.erasure_id);
  line("tenant", read.tenant);
  line("subject", material.subject.empty()
                      ? "not checked: give --subject and --receipt to check whose erasure it was"
                      : "is the one named");
  for (const journal::ProvenEntry& proven : read.entries)
    if (const auto name = time_name(proven.entry.event.kind); !name.empty())
      line(name, journal::to_text(proven.entry.time));
  line("issued_at", journal::to_text(read.issued_at));
  line("destroyed",
       std::to_string(read.dek_ids.size()) + (read.dek_ids.size() == 1 ? " key" : " keys"));
  for (const std::string& id : uuids(read.dek_ids)) line("", id);
  for (const std::string& store : read.stores) line("store", store);
  line("signer", read.signer + ": " + std::string(words_of(material.key_from)));
  line("journal", material.journal ? "agrees" : "not at hand: the certificate's own proofs hold");
  text += "not covered:\n";
  for (const std::string& one : read.not_covered) text += "  - " + one + "\n";
  return text;
}

}  // namespace

int verify(const VerifyCommand& command) {
  const Result<Material> material = gather(command);
  if (!material) return report(material.error());
  const Result<Verdict> verdict = judge(*material);
  if (!verdict) return report(verdict.error());
  if (command.json)
    print(to_json(*verdict, *material));
  else if (verdict->error.empty())
    print(to_text(*verdict, *material));
  if (verdict->error.empty()) return kDone;
  std::cerr << "lethe: NOT VERIFIED: " << verdict->error << ": " << verdict->meaning << '\n';
  return kFailed;
}

}  // namespace lethe::worker::cli
