// SPDX-License-Identifier: Apache-2.0
//
// A checkpoint: the size and root of a journal at some time, as a C2SP signed note (specification,
// section 12). Whoever has kept one notices a journal that was shortened or rewritten. Values; any
// thread.

#ifndef LETHE_KMS_JOURNAL_CHECKPOINT_H_
#define LETHE_KMS_JOURNAL_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "kms/journal/fault.h"
#include "kms/journal/merkle.h"
#include "kms/journal/signer.h"

namespace lethe::kms::journal {

struct Checkpoint {
  std::uint64_t size = 0;  // number of entries
  Digest root{};
};

// The note, signed under the signer's name, which is its origin, too.
std::string write_checkpoint(const Checkpoint& checkpoint, const Signer& signer);
// kBadCheckpoint, kBadSignature, or what the key has signed. Other signatures on it are ignored.
Fault read_checkpoint(std::string_view note, const VerifierKey& key, Checkpoint& checkpoint);
// kBadCheckpoint: the journal is shorter, or its first entries are not those of the checkpoint.
Fault check_extends(const MerkleTree& journal, const Checkpoint& checkpoint);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_CHECKPOINT_H_
