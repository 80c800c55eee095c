// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/rehearsal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <system_error>

#include "worker/loader/refusal.h"

namespace lethe::worker::loader {
namespace {

using Clock = std::chrono::steady_clock;

// What the child says: kGood or kBad, the complaint, kEnd. Less means that it died. The end is a
// byte of its own, since something the library started may hold the pipe open.
constexpr char kGood = '+';
constexpr char kBad = '-';
constexpr char kEnd = '\0';

// No core file, and no text: a library's last words may be anything, and standard output may be
// somebody's sink.
void keep_quiet() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
}

[[noreturn]] void perform(int pipe, const std::function<Result<void>()>& attempt) {
  keep_quiet();
  const Result<void> outcome = attempt();
  std::string said(1, outcome ? kGood : kBad);
  if (!outcome) said += outcome.error().message();
  said += kEnd;
  std::string_view rest = said;
  while (!rest.empty()) {
    const ssize_t n = ::write(pipe, rest.data(), rest.size());
    if (n < 0 && errno != EINTR) break;
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  }
  ::_exit(0);
}

struct Heard {
  std::string text;  // up to kEnd or the end of the pipe
  bool complete = false;
  bool late = false;
};

Heard listen(int pipe, Clock::time_point deadline) {
  Heard heard;
  while (!heard.complete) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{pipe, POLLIN, 0};
    const int n_ready = left <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(left));
    if (n_ready == 0) heard.late = true;
    if (n_ready == 0) break;
    if (n_ready < 0) continue;  // interrupted
    char buffer[512];
    const ssize_t n = ::read(pipe, buffer, sizeof buffer);
    if (n == 0) break;
    if (n > 0) heard.text.append(buffer, static_cast<std::size_t>(n));
    heard.complete = !heard.text.empty() && heard.text.back() == kEnd;
  }
  if (heard.complete) heard.text.pop_back();
  return heard;
}

std::string ending(const Heard& heard, int status) {
  if (heard.late) return "did not come to an end";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
    return "was aborted, as by an exception that nothing catches";
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Error no_child(const std::string& file) {
  return internal(file + ": no child process to try it in (" +
                  std::generic_category().message(errno) +
                  "): raise the limit on processes or file descriptors");
}

}  // namespace

Result<void> rehearse(const std::string& file, const std::function<Result<void>()>& attempt,
                      std::chrono::milliseconds patience) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return no_child(file);
  std::fflush(nullptr);  // a library that calls exit() would print our buffers again
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    perform(ends[1], attempt);
  }
  if (child < 0) {
    Error why = no_child(file);
    ::close(ends[0]);
    ::close(ends[1]);
    return why;
  }
  ::close(ends[1]);
  const Heard heard = listen(ends[0], Clock::now() + patience);
  ::close(ends[0]);
  if (!heard.complete) ::kill(child, SIGKILL);
  const int status = wait_for(child);
  if (!heard.complete)
    return refused(file, "a trial process that loaded it " + ending(heard, status), kMend);
  if (heard.text == std::string(1, kGood)) return {};
  return bad_config(heard.text.empty() ? heard.text : heard.text.substr(1));
}

}  // namespace lethe::worker::loader
