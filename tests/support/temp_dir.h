// SPDX-License-Identifier: Apache-2.0
//
// A folder of a test's own, removed with everything in it at the end of its scope.

#ifndef LETHE_TESTS_SUPPORT_TEMP_DIR_H_
#define LETHE_TESTS_SUPPORT_TEMP_DIR_H_

#include <stdlib.h>  // mkdtemp

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace lethe::testing {

class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "lethe-test-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~TempDir() {
    std::error_code ignored;  // a leftover in the temporary folder fails no test
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

  std::string write(std::string_view name, std::string_view content,
                    std::ios::openmode mode = std::ios::trunc) const {
    std::ofstream(path(name), std::ios::binary | mode) << content;
    return path(name);
  }

  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

}  // namespace lethe::testing

#endif  // LETHE_TESTS_SUPPORT_TEMP_DIR_H_
