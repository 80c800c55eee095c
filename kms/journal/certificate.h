// SPDX-License-Identifier: Apache-2.0
//
// The erasure certificate (specification, section 13): the entries of one erasure, with proofs that
// they are in the journal which a checkpoint states, signed. A person who may see only their own
// entries can verify it, offline, with nothing but the verifier key. Values; any thread.

#ifndef LETHE_KMS_JOURNAL_CERTIFICATE_H_
#define LETHE_KMS_JOURNAL_CERTIFICATE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/journal/entry.h"
#include "kms/journal/merkle.h"
#include "kms/journal/signer.h"

namespace lethe::kms::journal {

enum class Level : std::uint8_t {
  kEffective,  // L0: no worker can use the keys any more
  kRemoved,    // L1: no wrapped key is left in the live store
  kFinal,      // L2: no copy of the store can be opened, either
};

std::string_view to_string(Level level) noexcept;  // "L0"
std::optional<Level> to_level(std::string_view text) noexcept;
// The events of a subject that a certificate of the level shows, in this order.
std::span<const EventKind> events_of(Level level) noexcept;

struct ProvenEntry {
  std::string line;  // canonical, without LF
  std::vector<Digest> proof;
  Entry entry{};  // what the line says; set by reading
};

struct Certificate {
  std::string tenant;
  std::string erasure_id;
  Digest subject_commit{};
  Level level = Level::kEffective;
  Time issued_at{};
  std::uint64_t fence_version = 0;
  std::vector<store::DekId> dek_ids;  // the destroyed keys
  std::vector<ProvenEntry> entries;
  std::string checkpoint;                // a note
  std::vector<std::string> stores;       // where the keys rested; not empty
  std::vector<std::string> not_covered;  // what this does not show
  std::string signer;                    // key name; set by signing
};

// The signed text, canonical JSON without LF. internal: it is not of the form.
Result<std::string> sign_certificate(Certificate certificate, const Signer& signer);

// What a verifier has besides the certificate and the key.
struct Evidence {
  std::optional<std::string_view> journal{};  // a journal file
  struct Person {
    std::string_view name;
    std::array<std::uint8_t, 32> salt;
  };
  std::optional<Person> person{};  // claims to be the one whose erasure it is
};

// All checks of section 13, in its order; the first fault. `certificate` is what was read, whatever
// the fault, and only as good as that: to be shown after kNone alone.
Fault verify_certificate(std::string_view text, const VerifierKey& key, const Evidence& evidence,
                         Certificate& certificate);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_CERTIFICATE_H_
