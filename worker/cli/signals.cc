// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/signals.h"

#include <csignal>
#include <cstdlib>
#include <ctime>

namespace lethe::worker::cli {
namespace {

sigset_t waited_for() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals() : waiter_(pthread_self()) {
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t set = waited_for();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signals::Event Signals::wait(std::chrono::milliseconds timeout) {
  const sigset_t set = waited_for();
  const timespec limit{timeout.count() / 1000,
                       static_cast<long>(timeout.count() % 1000) * 1'000'000};
  const int signal = sigtimedwait(&set, nullptr, &limit);
  if (signal == SIGUSR1) return Event::kWake;
  if (signal < 0) return Event::kTimeout;
  if (stopping_) std::_Exit(1);
  stopping_ = true;
  return Event::kStop;
}

void Signals::wake() const noexcept {
  pthread_kill(waiter_, SIGUSR1);
}

}  // namespace lethe::worker::cli
