// SPDX-License-Identifier: Apache-2.0
//
// From the entries of an erasure to the certificate of a level: which entries show it, with their
// proofs. Decides nothing: a level whose entries are not there is refused. Values; any thread.

#ifndef LETHE_KMS_JOURNAL_ISSUE_H_
#define LETHE_KMS_JOURNAL_ISSUE_H_

#include <span>
#include <string>
#include <vector>

#include "kms/journal/certificate.h"
#include "kms/journal/entry.h"
#include "kms/journal/merkle.h"

namespace lethe::kms::journal {

struct Claim {
  std::string erasure_id;
  Level level = Level::kEffective;
  std::vector<std::string> stores;       // not empty
  std::vector<std::string> not_covered;  // clear fields, sinks, input topics and how long they last
};

// The certificate over the whole tree, without checkpoint, unsigned. `of_erasure` and `of_epochs`
// are in the order of the journal. bad_config: the level is not reached yet.
Result<Certificate> compose(const Claim& claim, std::span<const Entry> of_erasure,
                            std::span<const Entry> of_epochs, const MerkleTree& tree, Time now);

}  // namespace lethe::kms::journal

#endif  // LETHE_KMS_JOURNAL_ISSUE_H_
