// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure_order.h"

#include <algorithm>
#include <array>

#include "kms/crypto/random.h"
#include "kms/hex.h"

namespace lethe::kms {
namespace {

// The store refuses a fence only if a key was born or the subject erased since we looked.
constexpr int kMaxRounds = 64;

std::string draw_erasure_id() {
  std::array<std::uint8_t, 12> random;
  crypto::random_bytes(random);
  return "er-" + to_hex(random);
}

}  // namespace

Result<Erasure> ErasureOrder::run() {
  erasure_id_ = options_.erasure_id.empty() ? draw_erasure_id() : options_.erasure_id;
  if (!is_erasure_id(erasure_id_))
    return bad_config("An erasure id has 1 to 64 letters, digits, dashes or underscores");
  for (int round = 0; round < kMaxRounds; ++round) {
    LETHE_TRY(look());
    if (const auto done = done_before()) {
      LETHE_TRY(complete());
      return report(*done, true);
    }
    if (rows_.empty() && !options_.unseen)
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
    LETHE_TRY(parts_.follower.refresh());
    return report(fence, false);
  }
  return transient("A subject got new keys faster than it could be erased; ask again");
}

Result<void> ErasureOrder::look() {
  LETHE_TRY(parts_.follower.refresh());
  if (parts_.view.subject(subject_).tampered)
    return bad_config("A fence or state row of this subject fails its check; put a backup of the " +
                      std::string(parts_.store->name()) + " in its place before erasing");
  rows_ = LETHE_TRY(parts_.store->look_up({&subject_, 1}));
  fences_.clear();
  for (const store::FenceRow& row : LETHE_TRY(parts_.store->fences(subject_)))
    if (auto fence = parts_.texts.read(row)) fences_.push_back(std::move(*fence));
  return {};
}

std::optional<Fence> ErasureOrder::done_before() const {
  if (fences_.empty()) return std::nullopt;
  if (!options_.erasure_id.empty())
    for (const Fence& fence : fences_)
      if (fence.erasure_id == options_.erasure_id) return fence;
  const std::uint64_t current = fences_.back().version;
  const bool alive = std::any_of(rows_.begin(), rows_.end(), [&](const store::EdekRow& row) {
    return row.fence_version >= current;
  });
  if (alive) return std::nullopt;
  return fences_.back();
}

// Rows below the fence are dead for everybody; they are there only if an erasure was left half done
// or a row was put back by hand.
Result<void> ErasureOrder::complete() {
  const std::uint64_t current = fences_.back().version;
  std::erase_if(rows_, [&](const store::EdekRow& row) { return row.fence_version >= current; });
  if (rows_.empty()) return {};
  LETHE_TRY(parts_.store->bury(erased_rows(current)));
  return parts_.follower.refresh();
}

std::vector<store::ErasedRow> ErasureOrder::erased_rows(std::uint64_t fence_version) const {
  std::vector<store::ErasedRow> erased;
  for (const store::EdekRow& row : rows_)
    erased.push_back(parts_.texts.write(Erased{row.dek_id, subject_, fence_version, false}));
  return erased;
}

Fence ErasureOrder::next_fence() const {
  Fence fence;
  fence.subject = subject_;
  fence.version = fences_.empty() ? 1 : fences_.back().version + 1;
  fence.erasure_id = erasure_id_;
  fence.policy = options_.policy;
  for (const store::EdekRow& row : rows_) fence.dek_ids.push_back(row.dek_id);
  std::sort(fence.dek_ids.begin(), fence.dek_ids.end());
  return fence;
}

Erasure ErasureOrder::report(const Fence& fence, bool already_done) const {
  Erasure erasure;
  erasure.erasure_id = fence.erasure_id;
  erasure.subject = to_hex(subject_.bytes);
  erasure.fence_version = fence.version;
  for (const store::DekId& id : fence.dek_ids) erasure.dek_ids.push_back(to_uuid(id));
  erasure.policy = fence.policy;
  erasure.already_done = already_done;
  return erasure;
}

}  // namespace lethe::kms
