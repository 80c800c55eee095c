// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/known_history.h"

#include <optional>
#include <utility>

#include "kms/journal/checkpoint.h"
#include "kms/journal/journal.h"

namespace lethe::kms::backup {
namespace {

using journal::Fault;

Error broken(const std::string& whence, std::size_t at, Fault fault) {
  return bad_config("The journal in " + whence + " is broken at entry " + std::to_string(at) +
                    " (" + std::string(journal::name(fault)) + ": " +
                    std::string(journal::meaning(fault)) + "); use another one");
}

}  // namespace

Result<void> KnownHistory::add(const std::vector<store::JournalRow>& rows,
                               const std::string& whence) {
  std::vector<std::string> lines;
  for (const store::JournalRow& row : rows) {
    if (row != journal::row_of(lines.size() + 1, row.value))
      return broken(whence, lines.size() + 1, Fault::kMalformed);
    lines.push_back(row.value);
  }
  return merge(lines, whence);
}

Result<void> KnownHistory::add_lines(std::string_view text, const std::string& whence) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return broken(whence, lines.size() + 1, Fault::kMalformed);
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return merge(lines, whence);
}

Result<void> KnownHistory::merge(const std::vector<std::string>& lines, const std::string& whence) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < lines_.size()) {
      if (lines[i] == lines_[i]) continue;
      return bad_config("The journal in " + whence + " differs from entry " +
                        std::to_string(i + 1) +
                        " on: it is of another store, or this one went on after a rollback");
    }
    journal::Entry entry;
    const Fault fault = chain_.add(lines[i], entry);
    if (fault != Fault::kNone) return broken(whence, i + 1, fault);
    lines_.push_back(lines[i]);
    entries_.push_back(std::move(entry));
  }
  return {};
}

Result<bool> KnownHistory::check(const journal::KnownCheckpoint& known,
                                 const journal::VerifierKey& key) const {
  const std::optional<std::string> note = LETHE_TRY(known.load());
  if (!note) return false;
  journal::Checkpoint checkpoint;
  Fault fault = read_checkpoint(*note, key, checkpoint);
  if (fault == Fault::kNone) fault = check_extends(chain_.tree(), checkpoint);
  if (fault == Fault::kNone) return true;
  return bad_config(
      "The journal at hand has " + std::to_string(size()) + " entries and does not extend the " +
      "checkpoint in " + known.path() + " (" + std::string(journal::name(fault)) +
      "): erasures in between would be undone. Give the copy of the journal with --journal. If "
      "there is none, only removing that file lets a restore go on, without those erasures");
}

}  // namespace lethe::kms::backup
