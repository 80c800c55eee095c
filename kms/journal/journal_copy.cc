// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/journal_copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "kms/journal/private_file.h"

namespace lethe::kms::journal {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

Error differs(const Journal& journal, const std::string& path) {
  return bad_config("The copy of the journal in " + path + " has entries that the journal in the " +
                    std::string(journal.place()) +
                    " does not have: the store was rolled back, or is another one; bring it up to "
                    "date with `lethe keys restore`, or name another file for the copy");
}

// Cuts the first line off. Nothing: what is left is not a whole line.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

Result<void> JournalCopy::update(Journal& journal) {
  const Descriptor file = open_private(path_, O_RDWR | O_CREAT);
  if (!file.is_open() || ::flock(file.number(), LOCK_EX) != 0)
    return file_error("open and lock the copy of the journal in", path_, errno);
  LETHE_TRY(compare(file.number(), journal));
  return extend(file.number(), journal);
}

Result<void> JournalCopy::check(Journal& journal) {
  const Descriptor file = open_private(path_, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return {};
  if (!file.is_open() || ::flock(file.number(), LOCK_SH) != 0)
    return file_error("open and lock the copy of the journal in", path_, errno);
  return compare(file.number(), journal);
}

Result<void> JournalCopy::compare(int file, Journal& journal) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return file_error("look at", path_, errno);
  // Shorter than it was: somebody has put another one there, which is compared from its start.
  if (static_cast<std::uint64_t>(status.st_size) < bytes_) entries_ = bytes_ = 0;
  const std::string added = LETHE_TRY(read_from(file, bytes_, kNoLimit, path_));
  // After the file was read: what others have written into it is in the journal by now.
  LETHE_TRY(journal.catch_up());
  const std::vector<Entry> entries = journal.after(entries_);
  std::string_view rest = added;
  for (std::size_t i = 0; rest.find('\n') != std::string_view::npos; ++i) {
    const std::string_view line = next_line(rest);
    if (i == entries.size() || line != LETHE_TRY(write_line(entries[i])))
      return differs(journal, path_);
    ++entries_;
    bytes_ += line.size() + 1;
  }
  return {};
}

Result<void> JournalCopy::extend(int file, const Journal& journal) {
  std::string lines;
  const std::vector<Entry> missing = journal.after(entries_);
  for (const Entry& entry : missing) lines.append(LETHE_TRY(write_line(entry))).push_back('\n');
  const auto end = static_cast<off_t>(bytes_);
  const bool written = ::ftruncate(file, end) == 0 && ::lseek(file, end, SEEK_SET) == end &&
                       write_all(file, lines) && ::fsync(file) == 0;
  if (!written) return file_error("extend the copy of the journal in", path_, errno);
  entries_ += missing.size();
  bytes_ += lines.size();
  return {};
}

Result<std::string> read_journal_copy(const std::string& path) {
  const Descriptor file = open_private(path, O_RDONLY);
  if (!file.is_open()) return file_error("open the copy of the journal in", path, errno);
  std::string text = LETHE_TRY(read_from(file.number(), 0, kNoLimit, path));
  text.resize(text.rfind('\n') + 1);  // npos + 1 is 0
  return text;
}

}  // namespace lethe::kms::journal
