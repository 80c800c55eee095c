// SPDX-License-Identifier: Apache-2.0
#include "kms/audit.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "kms/crypto/session_seal.h"
#include "kms/edek_rows.h"
#include "kms/erasure/words.h"
#include "kms/fence_view.h"
#include "kms/hierarchy.h"
#include "kms/journal/chain.h"
#include "kms/journal/checkpoint.h"
#include "kms/row_texts.h"

namespace lethe::kms {
namespace {

using journal::EventKind;
using journal::Fault;

constexpr std::size_t kPage = 1000;
using Erasure = std::pair<store::SubjectHash, std::uint64_t>;  // subject, fence version

std::string several(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

// What is in the first and not in the second.
std::size_t missing(const std::set<Erasure>& from, const std::set<Erasure>& in) {
  std::size_t count = 0;
  for (const Erasure& one : from) count += in.count(one) == 0 ? 1 : 0;
  return count;
}

class Auditor {
 public:
  Auditor(store::KeyStore& store, const Hierarchy& hierarchy)
      : store_(store),
        hierarchy_(hierarchy),
        texts_(hierarchy.tenant_secret()),
        view_(texts_),
        rows_(hierarchy, seal_, "audit"),
        chain_(hierarchy.tenant()) {}

  Result<AuditReport> run(const journal::Witness::Places& places) {
    LETHE_TRY(read_journal());
    if (!places.folder.empty()) LETHE_TRY(check_checkpoint(places.folder));
    if (!places.copy.empty()) LETHE_TRY(check_copy(places.copy));
    LETHE_TRY(read_marks());
    LETHE_TRY(read_keys());
    compare();
    return std::move(report_);
  }

 private:
  void find(bool wrong, std::string text) {
    if (wrong) report_.findings.push_back(std::move(text));
  }

  Result<void> read_journal() {
    report_.journal =
        LETHE_TRY(journal::Journal::examine(store_, chain_, [this](const journal::Entry& entry) {
          const auto subject = erasure::subject_of(entry);
          if (entry.event.kind == EventKind::kFenced && subject)
            told_.insert({*subject, entry.event.fence_version});
        }));
    const Fault fault = report_.journal.fault;
    find(fault != Fault::kNone,
         "the journal is broken at entry " + std::to_string(report_.journal.entries + 1) + ": " +
             std::string(journal::name(fault)) + ", " + std::string(journal::meaning(fault)));
    find(fault == Fault::kNone && report_.journal.entries == 0, "the journal has no entries");
    return {};
  }

  Result<void> check_checkpoint(const std::string& folder) {
    const journal::KnownCheckpoint known(folder, hierarchy_.store_id());
    const std::optional<std::string> note = LETHE_TRY(known.load());
    if (!note) return {};
    const journal::Signer signer(hierarchy_.signer_name(), hierarchy_.signing_seed());
    journal::Checkpoint checkpoint;
    Fault fault = read_checkpoint(*note, signer.verifier_key(), checkpoint);
    if (fault == Fault::kNone) fault = check_extends(chain_.tree(), checkpoint);
    find(fault != Fault::kNone, "the journal does not extend the checkpoint in " + known.path() +
                                    ": " + std::string(journal::name(fault)) + ", " +
                                    std::string(journal::meaning(fault)));
    return {};
  }

  Result<void> check_copy(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return {};
    journal::Chain copy(hierarchy_.tenant());
    const std::string lines = LETHE_TRY(journal::read_journal_copy(path));
    Fault fault = add_lines(lines, copy);
    if (fault == Fault::kNone)
      fault = check_extends(chain_.tree(), {copy.size(), copy.tree().root()});
    find(fault != Fault::kNone,
         "the copy of the journal in " + path +
             " is not the beginning of the journal: " + std::string(journal::name(fault)));
    return {};
  }

  Result<void> read_marks() {
    store::Position position;
    const store::Marks marks = LETHE_TRY(store_.marks_since(position));
    view_.apply(marks);
    for (const store::FenceRow& row : marks.fences)
      if (const auto fence = texts_.read(row)) fenced_.insert({fence->subject, fence->version});
    report_.fences = fenced_.size();
    for (const store::ErasedRow& row : marks.erased)
      if (const auto erased = texts_.read(row)) report_.erased_keys += erased->lost ? 0 : 1;
    const std::uint64_t tampered = view_.tampered_rows();
    find(tampered > 0, several(tampered, "fence, erased or state row") +
                           " failed the check: changed outside Lethe");
    return {};
  }

  Result<void> read_keys() {
    std::optional<store::ScanPosition> after;
    for (;;) {
      const std::vector<store::EdekRow> page = LETHE_TRY(store_.scan(after, kPage));
      for (const store::EdekRow& row : page) look_at(row);
      if (page.size() < kPage) break;
      after = store::ScanPosition{page.back().subject, page.back().dek_id};
    }
    find(damaged_ > 0, several(damaged_, "wrapped key") + " failed the check");
    find(ahead_ > 0,
         several(ahead_, "wrapped key") + " born after an erasure whose fence is not there");
    return {};
  }

  void look_at(const store::EdekRow& row) {
    const std::uint64_t fence = view_.subject(row.subject).fence;
    HeldKey key;
    const RowState state = rows_.open(row, fence, context_, key);
    ++(row.fence_version < fence ? report_.dead_keys : report_.live_keys);
    if (state == RowState::kTampered || state == RowState::kUnknown) ++damaged_;
    if (state == RowState::kStale) ++ahead_;
  }

  void compare() {
    const std::size_t lost = missing(told_, fenced_), silent = missing(fenced_, told_);
    find(lost > 0, several(lost, "erasure") +
                       " in the journal without a fence in the store: it was rolled back; "
                       "`lethe keys restore` puts them back");
    find(silent > 0, several(silent, "fence") +
                         " in the store without an entry in the journal: an erasure was left half "
                         "done, which any worker completes");
  }

  store::KeyStore& store_;
  const Hierarchy& hierarchy_;
  const RowTexts texts_;
  FenceView view_;
  crypto::SessionSeal seal_;
  crypto::SessionSealContext context_{seal_};
  const EdekRows rows_;
  journal::Chain chain_;
  std::set<Erasure> told_, fenced_;
  std::size_t damaged_ = 0, ahead_ = 0;
  AuditReport report_;
};

}  // namespace

Result<AuditReport> audit(store::KeyStore& store, root::RootKey& root, std::string_view tenant,
                          const journal::Witness::Places& places) {
  const std::unique_ptr<Hierarchy> hierarchy =
      LETHE_TRY(Hierarchy::make(store, root, {std::string(tenant), {}, false, {}}));
  return Auditor(store, *hierarchy).run(places);
}

}  // namespace lethe::kms
