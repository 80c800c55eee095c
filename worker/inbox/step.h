// SPDX-License-Identifier: Apache-2.0
//
// One of the things that the erasure inbox does in turn, on its one thread: takes requests in,
// follows them up, tells others. A step that fails is left alone for a back-off and then goes on
// where it was; it loses nothing and harms no other step.

#ifndef LETHE_WORKER_INBOX_STEP_H_
#define LETHE_WORKER_INBOX_STEP_H_

#include <chrono>
#include <stop_token>
#include <string_view>

#include "lethe/result.h"

namespace lethe::worker::inbox {

class Step {
 public:
  virtual ~Step() = default;

  // For the log: "requests".
  virtual std::string_view name() const noexcept = 0;
  // Does what is there to do, a batch at most. True: there may be more at once.
  virtual Result<bool> advance(const std::stop_token& stop) = 0;
  // Part of a back-off: what has to be kept alive meanwhile is served. Nothing else, if nothing.
  virtual void rest(std::chrono::milliseconds, const std::stop_token&) {}
  virtual Result<void> close() { return {}; }
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_STEP_H_
