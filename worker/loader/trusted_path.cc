// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/trusted_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace lethe::worker::loader {
namespace {

namespace fs = std::filesystem;

Result<std::string> canonical(const std::string& path, const char* what) {
  std::error_code error;
  fs::path found = fs::canonical(path, error);
  if (error)
    return bad_config(path + ": no such " + what + " (" + error.message() +
                      "): create it, or take it out of the configuration");
  return found.string();
}

Result<void> judge(const std::string& path, mode_t type, const char* what) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return bad_config(path + ": cannot be examined (" + std::generic_category().message(errno) +
                      "): let the user of this worker read it");
  if ((status.st_mode & S_IFMT) != type)
    return bad_config(path + ": is no " + what + ": take it out of the configuration");
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return bad_config(path + ": belongs to user " + std::to_string(status.st_uid) +
                      ", who could run code in this worker: chown " + std::to_string(::geteuid()) +
                      " " + path);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return bad_config(path +
                      ": its group or others may write it, and so run code in this worker: " +
                      "chmod go-w " + path);
  return {};
}

}  // namespace

Result<std::string> trusted_folder(const std::string& folder) {
  std::string found = LETHE_TRY(canonical(folder, "folder"));
  LETHE_TRY(judge(found, S_IFDIR, "folder"));
  return found;
}

Result<std::string> trusted_file(const std::string& file) {
  std::string found = LETHE_TRY(canonical(file, "file"));
  LETHE_TRY(judge(found, S_IFREG, "regular file"));
  LETHE_TRY(judge(fs::path(found).parent_path().string(), S_IFDIR, "folder"));
  return found;
}

}  // namespace lethe::worker::loader
