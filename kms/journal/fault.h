// SPDX-License-Identifier: Apache-2.0
//
// What a verifier of journals, checkpoints and certificates found wrong: the error names of the
// specification (sections 12 and 13), and what they mean for whoever holds the evidence. The first
// check that fails decides. Any thread.

#ifndef LETHE_KMS_JOURNAL_FAULT_H_
#define LETHE_KMS_JOURNAL_FAULT_H_

#include <cstdint>
#include <string_view>

namespace lethe::kms::journal {

enum class Fault : std::uint8_t {
  kNone,
  kMalformed,
  kUnsupported,
  kChainBroken,
  kBadCheckpoint,
  kBadSignature,
  kBadProof,
  kBadCertificate,
};

// "CHAIN_BROKEN", as the specification spells it; "" for kNone.
std::string_view name(Fault fault) noexcept;
// One sentence for people.
std::string_view meaning(Fault fault) noexcept;

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_FAULT_H_
