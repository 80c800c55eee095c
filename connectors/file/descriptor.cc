// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace lethe::connectors::file {
namespace {

ErrorKind kind_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ESTALE:
      return ErrorKind::kTransient;
    default:
      return ErrorKind::kBadConfig;
  }
}

// SIGPIPE would end the process; write() says EPIPE as well. Blocked for this thread only, and
// taken away if our write raised it, so that the rest of the process keeps its own handling.
class WithoutBrokenPipe {
 public:
  WithoutBrokenPipe() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  ~WithoutBrokenPipe() {
    const timespec at_once{0, 0};
    while (!was_pending_ && sigtimedwait(&broken_pipe_, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutBrokenPipe(const WithoutBrokenPipe&) = delete;
  WithoutBrokenPipe& operator=(const WithoutBrokenPipe&) = delete;

 private:
  sigset_t broken_pipe_;
  sigset_t before_;
  bool was_pending_;
};

}  // namespace

void Descriptor::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Error system_error(std::string_view attempted, std::string_view path, int error) {
  std::string message = "cannot ";
  message.append(attempted).append(" ").append(path).append(": ");
  message += std::generic_category().message(error);
  return {kind_of(error), std::move(message)};
}

Result<Descriptor> open_file(const std::string& path, int flags) {
  // 0666 less the umask, as any program that creates a file for its user.
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (fd < 0) return system_error("open", path, errno);
  return Descriptor(fd);
}

Result<void> write_all(int fd, std::string_view bytes, std::string_view path) {
  const WithoutBrokenPipe guard;
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      pollfd waiting{fd, POLLOUT, 0};
      ::poll(&waiting, 1, -1);
    } else if (errno == EPIPE) {
      return bad_config("cannot write " + std::string(path) + ": its reader has closed it");
    } else if (errno != EINTR) {
      return system_error("write", path, errno);
    }
  }
  return {};
}

bool wait_readable(int fd, std::chrono::milliseconds limit) {
  pollfd waiting{fd, POLLIN, 0};
  // An interrupted wait counts as a short one: the caller comes back.
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
}

void wait(std::chrono::milliseconds duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, duration, [] { return false; });
}

Result<void> sync_data(int fd, std::string_view path) {
  // Devices and pipes have nothing to flush and say EINVAL.
  if (::fdatasync(fd) != 0 && errno != EINVAL && errno != EROFS) {
    return system_error("flush", path, errno);
  }
  return {};
}

Result<void> sync_folder_of(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const Descriptor opened = LETHE_TRY(open_file(folder, O_RDONLY | O_DIRECTORY));
  if (::fsync(opened.get()) != 0) return system_error("flush the folder", folder, errno);
  return {};
}

Result<void> lock_exclusively(int fd, std::string_view path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK) {
    return bad_config("another process writes " + std::string(path) + "; stop it first");
  }
  return system_error("lock", path, errno);
}

}  // namespace lethe::connectors::file
