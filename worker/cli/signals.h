// SPDX-License-Identifier: Apache-2.0
//
// Ends a run on SIGTERM or SIGINT: the first asks for a graceful stop (drain, commit, exit 0), the
// second ends the process at once. Signals are blocked in every thread and waited for in one, so no
// handler runs and no call is interrupted. Made before any other thread is started.

#ifndef LETHE_WORKER_CLI_SIGNALS_H_
#define LETHE_WORKER_CLI_SIGNALS_H_

#include <pthread.h>

#include <chrono>

namespace lethe::worker::cli {

class Signals {
 public:
  enum class Event { kStop, kWake, kTimeout };

  // Blocks the signals in this thread and all that it will start; ignores SIGPIPE.
  Signals();

  // Waits in the thread that made this object. After the first kStop a further signal does not
  // return: the process ends with status 1.
  Event wait(std::chrono::milliseconds timeout);

  // Makes wait() return kWake. Any thread.
  void wake() const noexcept;

 private:
  pthread_t waiter_;
  bool stopping_ = false;
};

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SIGNALS_H_
