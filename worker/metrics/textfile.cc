// SPDX-License-Identifier: Apache-2.0

#include "worker/metrics/textfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace lethe::worker::metrics {
namespace {

Error refused(std::string_view attempt, const std::string& path) {
  const std::string reason = std::generic_category().message(errno);
  return transient("could not " + std::string(attempt) + " the metrics file " + path + ": " +
                   reason + "; check the folder and its free space");
}

bool write_all(int file, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> write_textfile(const Registry& registry, const std::string& path) {
  const std::string text = registry.exposition();
  const std::string temporary = path + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                          S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (file < 0) return refused("create", temporary);
  const bool written = write_all(file, text);
  if (!written) {
    Error error = refused("write", temporary);
    ::close(file);
    ::unlink(temporary.c_str());
    return error;
  }
  if (::close(file) != 0) return refused("finish", temporary);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return refused("replace", path);
  return {};
}

}  // namespace lethe::worker::metrics
