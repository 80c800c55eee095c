// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/witness.h"

namespace lethe::kms::journal {

Witness::Witness(const Places& places, std::string_view store_id) {
  if (!places.folder.empty()) checkpoint_.emplace(places.folder, store_id);
  if (!places.copy.empty()) copy_.emplace(places.copy);
}

Result<void> Witness::check(Journal& journal) {
  const std::lock_guard lock(mutex_);
  if (checkpoint_ && !checkpoint_->check(journal)) {
    // Another worker may have appended and kept more than we have read.
    LETHE_TRY(journal.catch_up());
    LETHE_TRY(checkpoint_->check(journal));
  }
  return copy_ ? copy_->check(journal) : Result<void>();
}

Result<void> Witness::keep(Journal& journal) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t size = journal.size();
  if (size == kept_) return {};
  // The copy first: who has the checkpoint of an entry can be told where the entry is.
  if (copy_) LETHE_TRY(copy_->update(journal));
  if (checkpoint_) LETHE_TRY(checkpoint_->update(journal));
  kept_ = size;
  return {};
}

}  // namespace lethe::kms::journal
