// SPDX-License-Identifier: Apache-2.0
//
// Whether fences and journal agree. The store decides and the journal follows: a fence without
// FENCED is completed by any worker, but FENCED without its fence means that the store was rolled
// back to before that erasure, and what it holds must not be used (custody protocol, section 5).
// Any thread.

#ifndef LETHE_KMS_ERASURE_AGREEMENT_H_
#define LETHE_KMS_ERASURE_AGREEMENT_H_

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "kms/fence_view.h"
#include "kms/journal/journal.h"
#include "lethe/result.h"

namespace lethe::kms::erasure {

// The highest version that FENCED entries tell of each subject.
std::map<store::SubjectHash, std::uint64_t> fenced_versions(
    std::span<const journal::Entry> entries);

// The subjects whose fence of the journal is not in the view. One with a damaged row is refused
// for that, wherever it is used.
std::vector<store::SubjectHash> without_fence(std::span<const journal::Entry> entries,
                                              const FenceView& view);

// bad_config: there are such.
Result<void> check_fences(const journal::Journal& journal, const FenceView& view);

}  // namespace lethe::kms::erasure

#endif  // LETHE_KMS_ERASURE_AGREEMENT_H_
