// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/certificate_text.h"

#include <algorithm>

#include "json/canonical.h"
#include "kms/base64.h"
#include "kms/hex.h"
#include "kms/journal/form.h"

namespace lethe::kms::journal {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::string_view kType = "lethe-erasure-certificate";
constexpr std::string_view kLabel("EV1 certificate\0", 16);

json::Value texts_of(const std::vector<std::string>& texts) {
  return json::Array(texts.begin(), texts.end());
}

template <class Bytes>
json::Value hex_of(const std::vector<Bytes>& values) {
  json::Value array = json::Array{};
  for (const auto& value : values) array.append(to_hex(value));
  return array;
}

json::Value ids_of(const std::vector<store::DekId>& ids) {
  json::Value array = json::Array{};
  for (const store::DekId& id : ids) array.append(to_hex(id.bytes));
  return array;
}

Result<json::Value> entries_of(const std::vector<ProvenEntry>& entries) {
  json::Value array = json::Array{};
  for (const ProvenEntry& proven : entries) {
    json::Value element;
    element.set("entry", LETHE_TRY(json::parse(proven.line))).set("proof", hex_of(proven.proof));
    array.append(std::move(element));
  }
  return array;
}

crypto::Signature signature_of(Form& form) {
  crypto::Signature signature{};
  const auto bytes = from_base64(form.any_text("sig"));
  if (form.require(bytes && bytes->size() == signature.size()))
    std::copy(bytes->begin(), bytes->end(), signature.begin());
  return signature;
}

std::vector<ProvenEntry> read_entries(Form& form) {
  std::vector<ProvenEntry> entries;
  for (const json::Value& element : form.array("entries")) {
    Form pair(element);
    const json::Value value = pair.object("entry");
    ProvenEntry& proven = entries.emplace_back();
    proven.proof = pair.digests("proof");
    const auto line = json::canonical(value);
    form.require(pair.is_sound() && line && read_entry(value, proven.entry) == Fault::kNone);
    if (line) proven.line = *line;
  }
  return entries;
}

Certificate read_members(Form& form) {
  Certificate read;
  read.tenant = form.name("tenant");
  read.erasure_id = form.erasure_id("erasure_id");
  read.subject_commit = form.digest("subject_commit");
  const auto level = to_level(form.any_text("level"));
  form.require(level.has_value());
  read.level = level.value_or(Level::kEffective);
  read.issued_at = form.time("issued_at");
  read.fence_version = form.number("fence_ver");
  read.dek_ids = form.dek_ids("dek_ids");
  read.entries = read_entries(form);
  read.checkpoint = form.any_text("checkpoint");
  read.stores = form.texts("stores");
  form.require(!read.stores.empty());
  read.not_covered = form.texts("not_covered");
  read.signer = form.any_text("signer");
  return read;
}

json::Value without_signature(const json::Value& whole) {
  json::Value rest = json::Object{};
  for (const json::Member& member : *whole.object())
    if (member.name != "sig") rest.set(member.name, member.value);
  return rest;
}

}  // namespace

Result<json::Value> certificate_members(const Certificate& certificate) {
  json::Value value;
  value.set("v", kVersion).set("type", kType).set("tenant", certificate.tenant);
  value.set("erasure_id", certificate.erasure_id);
  value.set("subject_commit", to_hex(certificate.subject_commit));
  value.set("level", to_string(certificate.level));
  value.set("issued_at", to_text(certificate.issued_at));
  value.set("fence_ver", certificate.fence_version).set("dek_ids", ids_of(certificate.dek_ids));
  value.set("entries", LETHE_TRY(entries_of(certificate.entries)));
  value.set("checkpoint", certificate.checkpoint).set("stores", texts_of(certificate.stores));
  value.set("not_covered", texts_of(certificate.not_covered)).set("signer", certificate.signer);
  return value;
}

Result<std::string> signed_part(const json::Value& members) {
  return std::string(kLabel) + LETHE_TRY(json::canonical(members));
}

Fault read_certificate(std::string_view text, CertificateText& read) {
  read = CertificateText{};
  const auto whole = json::parse(text);
  if (!whole || whole->object() == nullptr) return Fault::kMalformed;
  Form form(*whole);
  const std::int64_t version = form.integer("v");
  const std::string type = form.any_text("type");
  read.certificate = read_members(form);
  read.signature = signature_of(form);
  auto part = signed_part(without_signature(*whole));
  if (!form.is_sound() || !part) return Fault::kMalformed;
  if (version != kVersion || type != kType) return Fault::kUnsupported;
  read.signed_part = std::move(*part);
  return Fault::kNone;
}

}  // namespace lethe::kms::journal
