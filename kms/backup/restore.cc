// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/restore.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "kms/backup/backup_file.h"
#include "kms/backup/known_history.h"
#include "kms/backup/replay.h"
#include "kms/hierarchy.h"
#include "kms/store/memory_key_store.h"

namespace lethe::kms::backup {
namespace {

constexpr std::size_t kPage = 500;

Result<std::vector<store::JournalRow>> journal_of(store::KeyStore& store) {
  std::vector<store::JournalRow> rows;
  for (;;) {
    const auto page = LETHE_TRY(store.journal(rows.size(), kPage));
    rows.insert(rows.end(), page.begin(), page.end());
    if (page.size() < kPage) return rows;
  }
}

class Restoring {
 public:
  Restoring(store::KeyStore& store, root::RootKey& root, const RestoreOptions& options)
      : store_(store), root_(root), options_(options), history_(options.tenant) {}

  Result<RestoreReport> run() {
    LETHE_TRY(open_keys());
    LETHE_TRY(gather_history());
    LETHE_TRY(append_journal());
    Replay replay(store_, RowTexts(hierarchy_->tenant_secret()), history_.entries(), own_entries_);
    report_.erasures_replayed = LETHE_TRY(replay.run(file_ ? &file_->marks() : nullptr));
    if (file_) LETHE_TRY(put_keys(replay));
    if (file_) LETHE_TRY(adopt_control());
    LETHE_TRY(keep_witness());
    report_.entries = history_.size();
    report_.last_entry_at = journal::to_text(history_.entries().back().time);
    return report_;
  }

 private:
  std::string place() const { return std::string(store_.name()); }

  Result<void> open_keys() {
    const std::vector<store::ControlRow> present = LETHE_TRY(store_.control());
    if (options_.file.empty()) {
      if (present.empty())
        return bad_config("The " + place() + " is empty; name the backup to restore from");
      return open_hierarchy(store_);
    }
    file_ = LETHE_TRY(BackupFile::open(options_.file));
    if (!present.empty() && present != file_->control())
      return bad_config("The " + place() +
                        " holds other keys already; restore into an empty store, or leave the "
                        "backup out to bring this one up to date");
    store::MemoryKeyStore aside;
    LETHE_TRY(aside.adopt_control(file_->control()));
    LETHE_TRY(open_hierarchy(aside));
    return file_->check_signature(signer().verifier_key());
  }

  Result<void> open_hierarchy(store::KeyStore& from) {
    hierarchy_ = LETHE_TRY(Hierarchy::make(from, root_, {options_.tenant, {}, false, {}}));
    return {};
  }

  journal::Signer signer() const { return {hierarchy_->signer_name(), hierarchy_->signing_seed()}; }

  Result<void> gather_history() {
    in_store_ = LETHE_TRY(journal_of(store_));
    LETHE_TRY(history_.add(in_store_, "the " + place()));
    if (file_) LETHE_TRY(history_.add(file_->journal(), "the backup " + options_.file));
    own_entries_ = file_ ? file_->journal().size() : in_store_.size();
    const bool has_copy = LETHE_TRY(add_copy());
    report_.entries_added = history_.size() - own_entries_;
    bool known = false;
    if (!options_.witness.folder.empty())
      known = LETHE_TRY(history_.check({options_.witness.folder, hierarchy_->store_id()},
                                       signer().verifier_key()));
    report_.journal_end_is_known = known || has_copy;
    if (history_.size() == 0)
      return bad_config("There is no journal to restore from; use a backup that has one");
    if (report_.journal_end_is_known || options_.without_journal) return {};
    return bad_config(
        "Nothing here knows how far the journal of this store had come, so that erasures after "
        "entry " +
        std::to_string(history_.size()) + " (" + journal::to_text(history_.entries().back().time) +
        ") would be undone unseen. Give the copy of the journal with --journal; if there is none, "
        "--without-journal takes that risk");
  }

  Result<bool> add_copy() {
    std::error_code error;
    std::string path = options_.journal;
    if (path.empty() && std::filesystem::exists(options_.witness.copy, error))
      path = options_.witness.copy;
    if (path.empty()) return false;
    const std::string lines = LETHE_TRY(journal::read_journal_copy(path));
    LETHE_TRY(history_.add_lines(lines, path));
    return true;
  }

  // Before anything else: from now on nobody opens this store without its fences.
  Result<void> append_journal() {
    for (std::size_t i = in_store_.size(); i < history_.size(); ++i)
      if (!LETHE_TRY(store_.append_journal(journal::row_of(i + 1, history_.lines()[i]))))
        return transient("Somebody else writes to the journal of the " + place() +
                         "; stop the workers, then repeat the restore");
    return {};
  }

  Result<void> put_keys(const Replay& replay) {
    return file_->for_each_page(kPage, [&](std::vector<store::EdekRow>& page) -> Result<void> {
      const std::size_t all = page.size();
      std::erase_if(page, [&](const store::EdekRow& row) { return !replay.is_alive(row); });
      const std::vector<store::Birth> births = LETHE_TRY(store_.create_all(page));
      std::size_t restored = 0;
      for (std::size_t i = 0; i < births.size(); ++i) {
        const bool there = births[i].outcome == store::Birth::Outcome::kCreated ||
                           births[i].winner.dek_id == page[i].dek_id;
        restored += there ? 1 : 0;
        if (births[i].left_over) LETHE_TRY(replay.bury_as_lost(page[i]));
      }
      report_.keys_restored += restored;
      report_.keys_left_out += all - restored;
      return {};
    });
  }

  // Last: it is what makes the store one that can be opened.
  Result<void> adopt_control() {
    const auto rows = LETHE_TRY(store_.adopt_control(file_->control()));
    if (rows == file_->control()) return {};
    return bad_config("Somebody else has initialised the " + place() +
                      " meanwhile; restore into an empty store");
  }

  Result<void> keep_witness() {
    journal::Witness witness(options_.witness, hierarchy_->store_id());
    const auto journal = LETHE_TRY(
        journal::Journal::open(store_, signer(), {options_.tenant, "svc:restore", options_.clock}));
    return witness.keep(*journal);
  }

  store::KeyStore& store_;
  root::RootKey& root_;
  const RestoreOptions& options_;
  std::optional<BackupFile> file_;
  std::unique_ptr<Hierarchy> hierarchy_;
  KnownHistory history_;
  std::vector<store::JournalRow> in_store_;
  std::uint64_t own_entries_ = 0;  // that what is restored from had itself
  RestoreReport report_;
};

}  // namespace

Result<RestoreReport> restore(store::KeyStore& store, root::RootKey& root,
                              const RestoreOptions& options) {
  return Restoring(store, root, options).run();
}

}  // namespace lethe::kms::backup
