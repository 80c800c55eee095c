// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/certificate.h"

#include <algorithm>
#include <array>

#include "json/canonical.h"
#include "kms/base64.h"
#include "kms/crypto/derive.h"
#include "kms/journal/certificate_text.h"
#include "kms/journal/chain.h"
#include "kms/journal/checkpoint.h"

namespace lethe::kms::journal {
namespace {

constexpr std::array kLevels = {Level::kEffective, Level::kRemoved, Level::kFinal};
constexpr EventKind kSubjectEvents[] = {EventKind::kFenced, EventKind::kEffective,
                                        EventKind::kEdeksRemoved, EventKind::kFinal};

Fault check_proofs(const Certificate& certificate, const Checkpoint& checkpoint) {
  for (const ProvenEntry& proven : certificate.entries)
    if (!proves(proven.proof, leaf_hash(proven.line), proven.entry.seq - 1, checkpoint.size,
                checkpoint.root))
      return Fault::kBadProof;
  return Fault::kNone;
}

// The order of the entries, and that all are about what the certificate is about.
bool belongs_together(const Certificate& certificate) {
  std::uint64_t seq = 0;
  for (const auto& [line, proof, entry] : certificate.entries) {
    if (entry.seq <= seq || entry.tenant != certificate.tenant) return false;
    seq = entry.seq;
    if (is_of_subject(entry.event.kind) &&
        (entry.event.erasure_id != certificate.erasure_id ||
         entry.event.subject_commit != certificate.subject_commit))
      return false;
    if (entry.time > certificate.issued_at) return false;
  }
  return true;
}

// With L2: the roots of exactly FINAL's epochs, FENCED's among them, were destroyed in between.
bool shows_destroyed_roots(const Certificate& certificate) {
  const Entry& fenced = certificate.entries.front().entry;
  const Entry& final = certificate.entries.back().entry;
  std::vector<std::uint64_t> destroyed;
  for (const ProvenEntry& proven : certificate.entries)
    if (!is_of_subject(proven.entry.event.kind)) destroyed.push_back(proven.entry.event.epoch);
  std::sort(destroyed.begin(), destroyed.end());
  const std::vector<std::uint64_t>& epochs = final.event.epochs;
  return destroyed == epochs &&
         std::binary_search(epochs.begin(), epochs.end(), fenced.event.epoch);
}

bool shows_level(const Certificate& certificate) {
  std::vector<EventKind> subject_events, others;
  for (const ProvenEntry& proven : certificate.entries) {
    const EventKind kind = proven.entry.event.kind;
    (is_of_subject(kind) ? subject_events : others).push_back(kind);
  }
  const auto wanted = events_of(certificate.level);
  if (!std::equal(subject_events.begin(), subject_events.end(), wanted.begin(), wanted.end()))
    return false;
  if (certificate.level != Level::kFinal) return others.empty();
  const bool framed = certificate.entries.front().entry.event.kind == EventKind::kFenced &&
                      certificate.entries.back().entry.event.kind == EventKind::kFinal;
  const bool only_roots = std::all_of(others.begin(), others.end(), [](EventKind kind) {
    return kind == EventKind::kRootDestroyed;
  });
  return framed && only_roots && shows_destroyed_roots(certificate);
}

Fault check_content(const Certificate& certificate) {
  if (!belongs_together(certificate) || !shows_level(certificate)) return Fault::kBadCertificate;
  const Event& fenced = certificate.entries.front().entry.event;
  const bool fits =
      certificate.fence_version == fenced.fence_version && certificate.dek_ids == fenced.dek_ids;
  return fits ? Fault::kNone : Fault::kBadCertificate;
}

Fault check_journal(std::string_view journal, const Checkpoint& checkpoint) {
  Chain chain;
  if (const Fault fault = add_lines(journal, chain); fault != Fault::kNone) return fault;
  return check_extends(chain.tree(), checkpoint);
}

Fault check_person(const Evidence::Person& person, const Certificate& certificate) {
  const Digest commit = crypto::subject_commit(person.salt, certificate.tenant, person.name);
  return commit == certificate.subject_commit ? Fault::kNone : Fault::kBadCertificate;
}

Fault check_evidence(const Evidence& evidence, const Certificate& certificate,
                     const Checkpoint& checkpoint) {
  if (evidence.journal)
    if (const Fault fault = check_journal(*evidence.journal, checkpoint); fault != Fault::kNone)
      return fault;
  return evidence.person ? check_person(*evidence.person, certificate) : Fault::kNone;
}

Fault check(const CertificateText& read, const VerifierKey& key, const Evidence& evidence) {
  const Certificate& certificate = read.certificate;
  if (certificate.signer != key.name || !verify(key, read.signed_part, read.signature))
    return Fault::kBadSignature;
  Checkpoint checkpoint;
  Fault fault = read_checkpoint(certificate.checkpoint, key, checkpoint);
  if (fault == Fault::kNone) fault = check_proofs(certificate, checkpoint);
  if (fault == Fault::kNone) fault = check_content(certificate);
  if (fault == Fault::kNone) fault = check_evidence(evidence, certificate, checkpoint);
  return fault;
}

}  // namespace

std::string_view to_string(Level level) noexcept {
  switch (level) {
    case Level::kEffective:
      return "L0";
    case Level::kRemoved:
      return "L1";
    case Level::kFinal:
      return "L2";
  }
  return "L0";
}

std::optional<Level> to_level(std::string_view text) noexcept {
  for (const Level level : kLevels)
    if (text == to_string(level)) return level;
  return std::nullopt;
}

std::span<const EventKind> events_of(Level level) noexcept {
  return std::span(kSubjectEvents).first(2 + static_cast<std::size_t>(level));
}

Result<std::string> sign_certificate(Certificate certificate, const Signer& signer) {
  certificate.signer = signer.name();
  json::Value value = LETHE_TRY(certificate_members(certificate));
  const std::string part = LETHE_TRY(signed_part(value));
  value.set("sig", to_base64(signer.sign(part)));
  std::string text = LETHE_TRY(json::canonical(value));
  // Nobody is given a certificate that does not verify.
  Certificate same;
  const Fault fault = verify_certificate(text, signer.verifier_key(), {}, same);
  if (fault != Fault::kNone)
    return internal("A certificate would not have verified: " + std::string(name(fault)));
  return text;
}

Fault verify_certificate(std::string_view text, const VerifierKey& key, const Evidence& evidence,
                         Certificate& certificate) {
  CertificateText read;
  Fault fault = read_certificate(text, read);
  if (fault == Fault::kNone) fault = check(read, key, evidence);
  certificate = std::move(read.certificate);
  return fault;
}

}  // namespace lethe::kms::journal
