// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure_order.h"

#include <algorithm>

namespace lethe::kms {
namespace {

// The store refuses a fence only if a key was born or the subject erased since we looked.
constexpr int kMaxRounds = 64;

}  // namespace

Result<DoneErasure> ErasureOrder::run() {
  for (int round = 0; round < kMaxRounds; ++round) {
    LETHE_TRY(look());
    if (const auto before = done_before()) {
      DoneErasure done = report(*before, true);
      LETHE_TRY(complete(done));
      return done;
    }
    if (rows_.empty() && wanted_.removed.empty() && !wanted_.unseen)
      return Error(
          ErrorKind::kUnknownKey,
          "Nothing to erase: the " + std::string(parts_.store->name()) +
              " has no key of that name. Was it spelled as the pipeline's `subject` renders "
              "it? `--unseen` fences a name that is not known yet");
    const Fence fence = next_fence();
    const std::vector<store::ErasedRow> erased = erased_rows(fence.version);
    const store::Fencing fencing =
        LETHE_TRY(parts_.store->append_fence(parts_.texts.write(fence), erased));
    if (fencing == store::Fencing::kMoved) continue;
    DoneErasure done = report(fence, false);
    LETHE_TRY(look());
    LETHE_TRY(complete(done));
    return done;
  }
  return transient("A subject got new keys faster than it could be erased; ask again");
}

Result<void> ErasureOrder::complete_earlier() {
  LETHE_TRY(look());
  if (fences_.empty()) return {};
  DoneErasure done;
  return complete(done);
}

Result<void> ErasureOrder::look() {
  LETHE_TRY(parts_.follower.refresh());
  if (parts_.view.subject(wanted_.subject).tampered)
    return bad_config("A fence or state row of this subject fails its check; put a backup of the " +
                      std::string(parts_.store->name()) + " in its place before erasing");
  rows_ = LETHE_TRY(parts_.store->look_up({&wanted_.subject, 1}));
  fences_.clear();
  for (const store::FenceRow& row : LETHE_TRY(parts_.store->fences(wanted_.subject)))
    if (auto fence = parts_.texts.read(row)) fences_.push_back(std::move(*fence));
  return {};
}

std::optional<Fence> ErasureOrder::done_before() const {
  if (fences_.empty()) return std::nullopt;
  for (const Fence& fence : fences_)
    if (fence.erasure_id == wanted_.erasure_id) return fence;
  const std::uint64_t current = fences_.back().version;
  const bool alive = std::any_of(rows_.begin(), rows_.end(), [&](const store::EdekRow& row) {
    return row.fence_version >= current;
  });
  if (alive || !wanted_.removed.empty()) return std::nullopt;
  return fences_.back();
}

// Rows below the fence are dead for everybody: an erasure was left half done, a row was put back by
// hand, or it was born in a log before the fence and read after it.
Result<void> ErasureOrder::complete(DoneErasure& done) {
  const std::uint64_t current = fences_.back().version;
  std::erase_if(rows_, [&](const store::EdekRow& row) { return row.fence_version >= current; });
  std::vector<store::ErasedRow> erased = erased_rows(current);
  for (const store::DekId& id : wanted_.removed)
    if (parts_.view.dek(id) != DekView::kErased || !done.already_done)
      erased.push_back(parts_.texts.write(Erased{id, wanted_.subject, current, false}));
  if (erased.empty()) return {};
  LETHE_TRY(parts_.store->bury(erased));
  for (const store::ErasedRow& row : erased) done.dek_ids.push_back(row.dek_id);
  std::sort(done.dek_ids.begin(), done.dek_ids.end());
  done.dek_ids.erase(std::unique(done.dek_ids.begin(), done.dek_ids.end()), done.dek_ids.end());
  return parts_.follower.refresh();
}

std::vector<store::ErasedRow> ErasureOrder::erased_rows(std::uint64_t fence_version) const {
  std::vector<store::ErasedRow> erased;
  for (const store::EdekRow& row : rows_)
    erased.push_back(parts_.texts.write(Erased{row.dek_id, wanted_.subject, fence_version, false}));
  return erased;
}

Fence ErasureOrder::next_fence() const {
  Fence fence;
  fence.subject = wanted_.subject;
  fence.version = fences_.empty() ? 1 : fences_.back().version + 1;
  fence.erasure_id = wanted_.erasure_id;
  fence.policy = wanted_.policy;
  fence.dek_ids = wanted_.removed;
  for (const store::EdekRow& row : rows_) fence.dek_ids.push_back(row.dek_id);
  std::sort(fence.dek_ids.begin(), fence.dek_ids.end());
  return fence;
}

DoneErasure ErasureOrder::report(const Fence& fence, bool already_done) {
  return {fence.erasure_id, fence.version, fence.dek_ids, fence.policy, already_done};
}

}  // namespace lethe::kms
