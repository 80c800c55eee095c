// SPDX-License-Identifier: Apache-2.0
#include "kms/erasure/agreement.h"

#include <algorithm>
#include <string>

#include "kms/erasure/words.h"

namespace lethe::kms::erasure {

std::map<store::SubjectHash, std::uint64_t> fenced_versions(
    std::span<const journal::Entry> entries) {
  std::map<store::SubjectHash, std::uint64_t> versions;
  for (const journal::Entry& entry : entries) {
    if (entry.event.kind != journal::EventKind::kFenced) continue;
    const auto subject = subject_of(entry);
    if (!subject) continue;
    std::uint64_t& highest = versions[*subject];
    highest = std::max(highest, entry.event.fence_version);
  }
  return versions;
}

std::vector<store::SubjectHash> without_fence(std::span<const journal::Entry> entries,
                                              const FenceView& view) {
  std::vector<store::SubjectHash> subjects;
  for (const auto& [subject, version] : fenced_versions(entries)) {
    const SubjectView known = view.subject(subject);
    if (known.fence < version && !known.tampered) subjects.push_back(subject);
  }
  return subjects;
}

Result<void> check_fences(const journal::Journal& journal, const FenceView& view) {
  const std::size_t count = without_fence(journal.after(0), view).size();
  if (count == 0) return {};
  return bad_config("The " + std::string(journal.place()) + " lacks the fences of " +
                    std::to_string(count) + (count == 1 ? " erasure" : " erasures") +
                    " that its journal tells of: it was rolled back, or rows were removed from it. "
                    "Nothing in it is used until `lethe keys restore` has put them back");
}

}  // namespace lethe::kms::erasure
