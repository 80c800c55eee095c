// SPDX-License-Identifier: Apache-2.0
//
// A folder for one test, writable by its user alone, removed with all it holds at the end.

#ifndef LETHE_TESTS_CONTRACT_PLUGIN_LOADER_TEMP_FOLDER_H_
#define LETHE_TESTS_CONTRACT_PLUGIN_LOADER_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace lethe::fixtures {

class TempFolder {
 public:
  TempFolder() {
    std::string name = std::filesystem::temp_directory_path() / "lethe-loader-XXXXXX";
    path_ = std::filesystem::canonical(::mkdtemp(name.data()));
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string path() const { return path_.string(); }

  // A copy of a file in it, not writable by others.
  std::string take(const std::string& file) const {
    namespace fs = std::filesystem;
    const fs::path copy = path_ / fs::path(file).filename();
    fs::copy_file(file, copy);
    fs::permissions(copy, fs::perms::owner_all);
    return copy.string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace lethe::fixtures

#endif  // LETHE_TESTS_CONTRACT_PLUGIN_LOADER_TEMP_FOLDER_H_
