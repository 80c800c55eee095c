// SPDX-License-Identifier: Apache-2.0
//
// BackupFile: a backup that was read once from its first line to its manifest, and found whole. It
// keeps what a restore needs at once (control, fence, erased and state rows, journal); the wrapped
// keys, which may be many, are read again page by page. Not thread-safe.

#ifndef LETHE_KMS_BACKUP_BACKUP_FILE_H_
#define LETHE_KMS_BACKUP_BACKUP_FILE_H_

#include <functional>
#include <string>
#include <vector>

#include "kms/backup/manifest.h"
#include "kms/store/rows.h"
#include "lethe/result.h"

namespace lethe::kms::backup {

class BackupFile {
 public:
  // bad_config: cannot be read, was cut short or changed. The signature is still to be checked.
  static Result<BackupFile> open(const std::string& path);

  // bad_config: not signed by the store of this key.
  Result<void> check_signature(const journal::VerifierKey& key) const;

  const std::vector<store::ControlRow>& control() const noexcept { return control_; }
  const store::Marks& marks() const noexcept { return marks_; }
  const std::vector<store::JournalRow>& journal() const noexcept { return journal_; }

  using Visit = std::function<Result<void>(std::vector<store::EdekRow>& page)>;
  // Pages of at most `size` rows. bad_config: the file is not the one that was opened.
  Result<void> for_each_page(std::size_t size, const Visit& visit) const;

 private:
  explicit BackupFile(std::string path) : path_(std::move(path)) {}

  using VisitRow = std::function<Result<void>(Row row)>;
  Result<SignedManifest> read(const VisitRow& visit) const;
  Result<void> keep(Row row);

  std::string path_;
  SignedManifest manifest_;
  std::vector<store::ControlRow> control_;
  store::Marks marks_;
  std::vector<store::JournalRow> journal_;
};

}  // namespace lethe::kms::backup

#endif  // LETHE_KMS_BACKUP_BACKUP_FILE_H_
