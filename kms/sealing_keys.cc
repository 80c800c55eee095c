// SPDX-License-Identifier: Apache-2.0
#include "kms/sealing_keys.h"

#include <algorithm>
#include <string>
#include <utility>

#include "kms/crypto/derive.h"
#include "kms/crypto/edek.h"

namespace lethe::kms {
namespace {

// A round ends without an answer only if the subject was erased between two of its steps.
constexpr int kMaxRounds = 16;

struct BySubject {
  bool operator()(const store::EdekRow& a, const store::SubjectHash& b) const {
    return a.subject < b;
  }
  bool operator()(const store::SubjectHash& a, const store::EdekRow& b) const {
    return a < b.subject;
  }
};

}  // namespace

Result<void> SealingKeys::resolve(std::span<WantedKey> wanted, ErasedPolicy on_erased) {
  pending_.clear();
  for (WantedKey& key : wanted) {
    const Hierarchy& hierarchy = *parts_.hierarchy;
    const crypto::Id16 hash =
        crypto::subject_hash(hierarchy.tenant_secret(), hierarchy.tenant(), key.name);
    pending_.push_back({&key, {hash}, {}});
  }
  for (int round = 0; round < kMaxRounds && !pending_.empty(); ++round) {
    if (round > 0) LETHE_TRY(parts_.follower.refresh());
    LETHE_TRY(look(on_erased));
  }
  if (!pending_.empty())
    return transient("Keys in the " + std::string(parts_.store->name()) +
                     " were erased faster than they could be found; trying again");
  return {};
}

Result<void> SealingKeys::look(ErasedPolicy on_erased) {
  const std::uint64_t generation = parts_.cache.generation();
  found_.clear();
  std::erase_if(pending_, [&](Pending& p) { return settled_by_view(p, on_erased); });
  if (!pending_.empty()) LETHE_TRY(read_rows());
  if (!pending_.empty()) LETHE_TRY(give_birth());
  parts_.cache.insert(found_, generation);
  return {};
}

bool SealingKeys::settled_by_view(Pending& pending, ErasedPolicy on_erased) const {
  pending.view = parts_.view.subject(pending.subject);
  std::int32_t& state = pending.wanted->state;
  state = LETHE_KEY_AVAILABLE;
  if (pending.view.tampered) {
    state = LETHE_KEY_TAMPERED;
  } else if (pending.view.restricted) {
    state = LETHE_KEY_BLOCKED;
  } else if (pending.view.fence > 0) {
    const ErasedPolicy policy = pending.view.policy.value_or(on_erased);
    if (policy == ErasedPolicy::kBlock) state = LETHE_KEY_SHREDDED;
    if (policy == ErasedPolicy::kDrop) state = LETHE_KEY_DROPPED;
  }
  return state != LETHE_KEY_AVAILABLE;
}

Result<void> SealingKeys::read_rows() {
  std::vector<store::SubjectHash> subjects;
  for (const Pending& pending : pending_) subjects.push_back(pending.subject);
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  std::vector<store::EdekRow> rows = LETHE_TRY(parts_.store->look_up(subjects));
  std::stable_sort(rows.begin(), rows.end(), [](const store::EdekRow& a, const store::EdekRow& b) {
    return a.subject < b.subject;
  });
  std::erase_if(pending_, [&](Pending& pending) {
    const auto [first, last] =
        std::equal_range(rows.begin(), rows.end(), pending.subject, BySubject());
    return settled_by_rows(pending, {first, last});
  });
  return {};
}

bool SealingKeys::settled_by_rows(Pending& pending, std::span<const store::EdekRow> rows) {
  const store::EdekRow* active = nullptr;
  bool ahead = false;
  for (const store::EdekRow& row : rows) {
    // No key is born beside a damaged one: it might have been the one.
    if (!parts_.rows.fits(row)) {
      pending.wanted->state = LETHE_KEY_TAMPERED;
      return true;
    }
    if (row.fence_version > pending.view.fence) ahead = true;
    if (row.fence_version == pending.view.fence && row.purpose == crypto::kDataKey &&
        row.suite == pending.wanted->suite && (!active || row.rotation > active->rotation))
      active = &row;
  }
  if (!ahead) {
    pending.ahead = false;
    return active != nullptr && settled_by_row(pending, *active);
  }
  // Our view was stale; if it is so after a refresh, a fence was lost.
  if (pending.ahead) pending.wanted->state = LETHE_KEY_UNKNOWN;
  return std::exchange(pending.ahead, true);
}

Result<void> SealingKeys::give_birth() {
  std::vector<Pending*> parents;
  std::vector<NewKey> offered;
  std::vector<store::EdekRow> rows;
  for (Pending& pending : pending_) {
    if (pending.ahead) continue;
    const WantedKey& wanted = *pending.wanted;
    offered.push_back(LETHE_TRY(parts_.rows.make(pending.subject, wanted.name, wanted.suite,
                                                 pending.view.fence, parts_.clock(), context_)));
    parents.push_back(&pending);
    rows.push_back(offered.back().row);
  }
  if (rows.empty()) return {};
  const std::vector<store::Birth> births = LETHE_TRY(parts_.store->create_all(rows));
  LETHE_TRY(bury_left_overs(rows, births));
  for (std::size_t i = 0; i < births.size(); ++i)
    if (settled_by_birth(*parents[i], offered[i], births[i])) parents[i]->wanted = nullptr;
  std::erase_if(pending_, [](const Pending& pending) { return pending.wanted == nullptr; });
  return {};
}

// A store without transactions keeps what lost a race until its erased row says so.
Result<void> SealingKeys::bury_left_overs(std::span<const store::EdekRow> rows,
                                          std::span<const store::Birth> births) {
  std::vector<store::ErasedRow> lost;
  for (std::size_t i = 0; i < births.size(); ++i)
    if (births[i].left_over)
      lost.push_back(
          parts_.texts.write(Erased{rows[i].dek_id, rows[i].subject, rows[i].fence_version, true}));
  return lost.empty() ? Result<void>() : parts_.store->bury(lost);
}

bool SealingKeys::settled_by_birth(Pending& pending, const NewKey& offered,
                                   const store::Birth& birth) {
  switch (birth.outcome) {
    case store::Birth::Outcome::kCreated:
      parts_.keys_created.fetch_add(1, std::memory_order_relaxed);
      settle(pending, offered.key);
      return true;
    case store::Birth::Outcome::kAdopted:
      return settled_by_row(pending, birth.winner);
    case store::Birth::Outcome::kFenceMoved:
      return false;
  }
  return false;
}

bool SealingKeys::settled_by_row(Pending& pending, const store::EdekRow& row) {
  // A row that was looked up by these columns and does not have them is damaged as well.
  if (row.subject != pending.subject || row.suite != pending.wanted->suite) {
    pending.wanted->state = LETHE_KEY_TAMPERED;
    return true;
  }
  HeldKey key;
  switch (parts_.rows.open(row, pending.view.fence, context_, key)) {
    case RowState::kAvailable:
      settle(pending, key);
      return true;
    case RowState::kUnknown:
      pending.wanted->state = LETHE_KEY_UNKNOWN;
      return true;
    case RowState::kTampered:
      pending.wanted->state = LETHE_KEY_TAMPERED;
      return true;
    case RowState::kShredded:
    case RowState::kStale:
      return false;  // erased meanwhile: look again
  }
  return false;
}

void SealingKeys::settle(Pending& pending, const HeldKey& key) {
  WantedKey& wanted = *pending.wanted;
  wanted.state = LETHE_KEY_AVAILABLE;
  wanted.key = key;
  wanted.key.only_if_recreating = pending.view.fence > 0 && !pending.view.policy;
  found_.push_back({wanted.key, pending.subject, wanted.tag});
}

}  // namespace lethe::kms
