// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "kms/journal/private_file.h"

namespace lethe::kms::backup {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::size_t kBuffer = 256 * 1024;

class Writer {
 public:
  Writer(store::KeyStore& store, const Hierarchy& hierarchy, journal::Descriptor file,
         const std::string& path)
      : store_(store), hierarchy_(hierarchy), file_(std::move(file)), path_(path) {}

  Result<Counts> run() {
    const std::vector<store::ControlRow> control = LETHE_TRY(store_.control());
    for (const store::ControlRow& row : control) LETHE_TRY(add(row));
    LETHE_TRY(add_keys());
    LETHE_TRY(add_marks());
    LETHE_TRY(add_journal());
    manifest_.hash = hash_.value();
    manifest_.signer = hierarchy_.signer_name();
    const journal::Signer signer(hierarchy_.signer_name(), hierarchy_.signing_seed());
    const std::string last = LETHE_TRY(write_manifest(manifest_, signer));
    LETHE_TRY(put(last));
    LETHE_TRY(flush());
    if (::fsync(file_.number()) != 0) return failed();
    return manifest_.counts;
  }

 private:
  Error failed() const { return journal::file_error("write the backup", path_, errno); }

  Result<void> add(Row row) {
    const std::string line = to_line(row);
    hash_.add(line);
    ++manifest_.counts[row.index()];
    return put(line);
  }

  Result<void> put(std::string_view line) {
    buffer_.append(line).push_back('\n');
    return buffer_.size() < kBuffer ? Result<void>() : flush();
  }

  Result<void> flush() {
    if (!journal::write_all(file_.number(), buffer_)) return failed();
    buffer_.clear();
    return {};
  }

  Result<void> add_keys() {
    std::optional<store::ScanPosition> after;
    for (;;) {
      const std::vector<store::EdekRow> page = LETHE_TRY(store_.scan(after, kPage));
      for (const store::EdekRow& row : page) LETHE_TRY(add_key(row));
      if (page.size() < kPage) return add_winners();
      after = store::ScanPosition{page.back().subject, page.back().dek_id};
    }
  }

  // A log may hold two rows of one unique key for a while: only the first-born is a key.
  Result<void> add_key(const store::EdekRow& row) {
    if (!subject_.empty() && subject_.front().subject != row.subject) LETHE_TRY(add_winners());
    subject_.push_back(row);
    return {};
  }

  Result<void> add_winners() {
    using Unique = std::tuple<std::uint64_t, std::uint8_t, std::uint8_t, std::uint32_t>;
    const auto unique = [](const store::EdekRow& row) {
      return Unique{row.fence_version, row.purpose, row.suite, row.rotation};
    };
    std::set<Unique> seen;
    for (const store::EdekRow& row : subject_) seen.insert(unique(row));
    if (seen.size() < subject_.size()) {
      const store::SubjectHash subject = subject_.front().subject;
      subject_ = LETHE_TRY(store_.look_up({&subject, 1}));  // in order of birth
    }
    seen.clear();
    for (store::EdekRow& row : subject_)
      if (seen.insert(unique(row)).second) LETHE_TRY(add(std::move(row)));
    subject_.clear();
    return {};
  }

  Result<void> add_marks() {
    store::Position position;
    store::Marks marks = LETHE_TRY(store_.marks_since(position));
    for (store::FenceRow& row : marks.fences) LETHE_TRY(add(std::move(row)));
    for (store::ErasedRow& row : marks.erased) LETHE_TRY(add(std::move(row)));
    for (store::StateRow& row : marks.states) LETHE_TRY(add(std::move(row)));
    return {};
  }

  Result<void> add_journal() {
    for (std::uint64_t after = 0;;) {
      std::vector<store::JournalRow> page = LETHE_TRY(store_.journal(after, kPage));
      after += page.size();
      for (store::JournalRow& row : page) LETHE_TRY(add(std::move(row)));
      if (page.size() < kPage) return {};
    }
  }

  store::KeyStore& store_;
  const Hierarchy& hierarchy_;
  const journal::Descriptor file_;
  const std::string& path_;
  Manifest manifest_;
  LineHash hash_;
  std::string buffer_;
  std::vector<store::EdekRow> subject_;  // the rows of the subject that is being read
};

}  // namespace

Result<Counts> write(store::KeyStore& store, const Hierarchy& hierarchy, const std::string& path) {
  journal::Descriptor file = journal::open_private(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return journal::file_error("make the backup", path, errno);
  Result<Counts> written = Writer(store, hierarchy, std::move(file), path).run();
  if (!written) ::unlink(path.c_str());
  return written;
}

}  // namespace lethe::kms::backup
