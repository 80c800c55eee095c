// SPDX-License-Identifier: Apache-2.0
#include "kms/opening_keys.h"

#include <algorithm>

namespace lethe::kms {

Result<void> OpeningKeys::resolve(std::span<SoughtKey> sought) {
  pending_.clear();
  for (SoughtKey& key : sought) pending_.push_back(&key);
  LETHE_TRY(look(true));
  if (pending_.empty()) return {};
  // Neither row nor fence, a row ahead of our view, or one that does not open: one refresh decides.
  LETHE_TRY(parts_.follower.refresh());
  LETHE_TRY(look(false));
  for (SoughtKey* key : pending_) {
    key->state = LETHE_KEY_UNKNOWN;
    parts_.unknown.remember(key->id, parts_.clock());
  }
  return {};
}

Result<void> OpeningKeys::look(bool first) {
  const std::uint64_t generation = parts_.cache.generation();
  found_.clear();
  std::erase_if(pending_, [&](SoughtKey* key) { return settled_by_view(*key, first); });
  if (pending_.empty()) return {};
  std::vector<store::DekId> ids;
  for (const SoughtKey* key : pending_) ids.push_back(key->id);
  std::vector<store::EdekRow> rows =
      LETHE_TRY(first ? parts_.store->look_up_by_id(ids) : parts_.store->look_again(ids));
  std::sort(rows.begin(), rows.end(),
            [](const store::EdekRow& a, const store::EdekRow& b) { return a.dek_id < b.dek_id; });
  std::erase_if(pending_, [&](SoughtKey* key) {
    const auto row = std::lower_bound(
        rows.begin(), rows.end(), key->id,
        [](const store::EdekRow& a, const store::DekId& id) { return a.dek_id < id; });
    return row != rows.end() && row->dek_id == key->id && settled_by_row(*key, *row, first);
  });
  parts_.cache.insert(found_, generation);
  return {};
}

bool OpeningKeys::settled_by_view(SoughtKey& sought, bool first) {
  switch (parts_.view.dek(sought.id)) {
    case DekView::kErased:
      sought.state = LETHE_KEY_SHREDDED;
      return true;
    case DekView::kTampered:
      sought.state = LETHE_KEY_TAMPERED;
      return true;
    case DekView::kRemoved:
      sought.state = LETHE_KEY_BLOCKED;
      return true;
    case DekView::kLost:  // it lost the race of its birth: nothing was ever sealed with it
      sought.state = LETHE_KEY_UNKNOWN;
      return true;
    case DekView::kNothing:
      break;
  }
  sought.state = LETHE_KEY_UNKNOWN;
  return first && parts_.unknown.knows(sought.id, parts_.clock());
}

bool OpeningKeys::settled_by_row(SoughtKey& sought, const store::EdekRow& row, bool first) {
  const SubjectView view = parts_.view.subject(row.subject);
  const RowState state = parts_.rows.open(row, view.fence, context_, sought.key);
  // The first look may have met a cache, which anybody can fill: only a key that opens is believed.
  if (first && state != RowState::kAvailable) return false;
  switch (state) {
    case RowState::kAvailable:
      if (view.tampered) {
        sought.state = LETHE_KEY_TAMPERED;
      } else if (view.restricted) {
        sought.state = LETHE_KEY_BLOCKED;
      } else {
        sought.state = LETHE_KEY_AVAILABLE;
        found_.push_back({sought.key, row.subject, {}});
      }
      return true;
    case RowState::kShredded:
      sought.state = LETHE_KEY_SHREDDED;
      return true;
    case RowState::kTampered:
      sought.state = LETHE_KEY_TAMPERED;
      return true;
    case RowState::kUnknown:
      sought.state = LETHE_KEY_UNKNOWN;
      return true;
    case RowState::kStale:
      return false;
  }
  return false;
}

}  // namespace lethe::kms
