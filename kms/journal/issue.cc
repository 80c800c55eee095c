// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/issue.h"

#include <algorithm>

namespace lethe::kms::journal {
namespace {

Error not_reached(Level level) {
  return bad_config("The erasure has not come to level " + std::string(to_string(level)) +
                    " yet; ask again later, or for a lower level");
}

const Entry* first_of(std::span<const Entry> entries, EventKind kind) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.event.kind == kind; });
  return found == entries.end() ? nullptr : &*found;
}

// The destruction of the roots that FINAL names, none if one of them is missing.
std::vector<const Entry*> destructions(std::span<const Entry> of_epochs, const Entry& fenced,
                                       const Entry& final) {
  std::vector<const Entry*> found;
  for (const Entry& entry : of_epochs) {
    const auto& epochs = final.event.epochs;
    if (entry.event.kind == EventKind::kRootDestroyed && entry.seq > fenced.seq &&
        entry.seq < final.seq &&
        std::binary_search(epochs.begin(), epochs.end(), entry.event.epoch))
      found.push_back(&entry);
  }
  return found.size() == final.event.epochs.size() ? found : std::vector<const Entry*>{};
}

// The entries that show the level, in the order of the journal; none if it is not reached.
std::vector<const Entry*> shown(Level level, std::span<const Entry> of_erasure,
                                std::span<const Entry> of_epochs) {
  std::vector<const Entry*> entries;
  for (const EventKind kind : events_of(level)) {
    const Entry* entry = first_of(of_erasure, kind);
    if (entry == nullptr || (!entries.empty() && entry->seq < entries.back()->seq)) return {};
    entries.push_back(entry);
  }
  if (level == Level::kFinal) {
    const auto roots = destructions(of_epochs, *entries.front(), *entries.back());
    if (roots.empty()) return {};
    entries.insert(entries.end(), roots.begin(), roots.end());
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->seq < b->seq; });
  return entries;
}

}  // namespace

Result<Certificate> compose(const Claim& claim, std::span<const Entry> of_erasure,
                            std::span<const Entry> of_epochs, const MerkleTree& tree, Time now) {
  const auto entries = shown(claim.level, of_erasure, of_epochs);
  if (entries.empty()) return not_reached(claim.level);
  const Event& fenced = entries.front()->event;
  Certificate certificate;
  certificate.tenant = entries.front()->tenant;
  certificate.erasure_id = claim.erasure_id;
  certificate.subject_commit = fenced.subject_commit;
  certificate.level = claim.level;
  certificate.issued_at = std::max(now, entries.back()->time);
  certificate.fence_version = fenced.fence_version;
  certificate.dek_ids = fenced.dek_ids;
  certificate.stores = claim.stores;
  certificate.not_covered = claim.not_covered;
  for (const Entry* entry : entries)
    certificate.entries.push_back({
      LETHE_TRY(write_line(*entry))
      , tree.proof(entry->seq - 1, tree.size())
    });
  return certificate;
}

}  // namespace lethe::kms::journal
