// SPDX-License-Identifier: Apache-2.0
#include "kms/backup/backup_file.h"

#include <fstream>
#include <utility>

namespace lethe::kms::backup {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Error damaged(const std::string& path, const std::string& what) {
  return bad_config("The backup " + path + " " + what +
                    "; nothing is restored from it: take another one");
}

}  // namespace

Result<BackupFile> BackupFile::open(const std::string& path) {
  BackupFile file(path);
  file.manifest_ = LETHE_TRY(file.read([&](Row row) { return file.keep(std::move(row)); }));
  return file;
}

Result<SignedManifest> BackupFile::read(const VisitRow& visit) const {
  std::ifstream file(path_, std::ios::binary);
  if (!file) return bad_config("Could not read the backup " + path_ + "; check name and rights");
  Manifest found;
  LineHash hash;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (auto manifest = read_manifest(line)) {
      found.hash = hash.value();
      found.signer = manifest->manifest.signer;
      if (found != manifest->manifest) return damaged(path_, "was changed, or has lost lines");
      if (file.get() != std::char_traits<char>::eof())
        return damaged(path_, "goes on behind its manifest");
      return *std::move(manifest);
    }
    auto row = to_row(line);
    if (!row)
      return damaged(path_, "is not a backup, or is damaged in line " + std::to_string(number));
    hash.add(line);
    ++found.counts[row->index()];
    LETHE_TRY(visit(*std::move(row)));
  }
  return damaged(path_, "was cut short: its last line, the manifest, is missing");
}

Result<void> BackupFile::keep(Row row) {
  std::visit(Overloaded{[&](store::ControlRow& one) { control_.push_back(std::move(one)); },
                        [&](store::FenceRow& one) { marks_.fences.push_back(std::move(one)); },
                        [&](store::ErasedRow& one) { marks_.erased.push_back(std::move(one)); },
                        [&](store::StateRow& one) { marks_.states.push_back(std::move(one)); },
                        [&](store::JournalRow& one) { journal_.push_back(std::move(one)); },
                        [](store::EdekRow&) {}},
             row);
  return {};
}

Result<void> BackupFile::check_signature(const journal::VerifierKey& key) const {
  if (manifest_.manifest.signer == key.name &&
      verify(key, manifest_.signed_part, manifest_.signature))
    return {};
  return damaged(path_, "is not signed by the store that it says it is of");
}

Result<void> BackupFile::for_each_page(std::size_t size, const Visit& visit) const {
  std::vector<store::EdekRow> page;
  const auto collect = [&](Row row) -> Result<void> {
    auto* edek = std::get_if<store::EdekRow>(&row);
    if (edek == nullptr) return {};
    page.push_back(std::move(*edek));
    if (page.size() < size) return {};
    LETHE_TRY(visit(page));
    page.clear();
    return {};
  };
  const SignedManifest again = LETHE_TRY(read(collect));
  if (again.manifest != manifest_.manifest) return damaged(path_, "was exchanged meanwhile");
  return page.empty() ? Result<void>() : visit(page);
}

}  // namespace lethe::kms::backup
