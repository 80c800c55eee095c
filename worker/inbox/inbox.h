// SPDX-License-Identifier: Apache-2.0
//
// The erasure inbox: one thread that lets its steps advance in turn until it is stopped. It ends
// for no other reason: whatever is wrong or away, its step backs off and tries again, and the log
// hears of it once when it begins, when the reason changes, and when it is over. Made by wiring;
// run() belongs to one thread, the only one that the steps see.

#ifndef LETHE_WORKER_INBOX_INBOX_H_
#define LETHE_WORKER_INBOX_INBOX_H_

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/sink.h"
#include "worker/inbox/outbox.h"
#include "worker/inbox/step.h"
#include "worker/log/log.h"
#include "worker/pipeline/backoff.h"
#include "worker/pipeline/clock.h"

namespace lethe::worker::inbox {

class Inbox {
 public:
  struct Parts {
    std::unique_ptr<connectors::Sink> sink;  // null: nothing is written
    std::unique_ptr<Outbox> outbox;          // over the sink; the steps borrow it
    std::vector<std::unique_ptr<Step>> steps;
  };
  // Log and clock outlive it.
  Inbox(Parts parts, log::Log& log, const pipeline::Clock& clock,
        pipeline::Jitter jitter = &pipeline::random_jitter);

  // Until a stop is requested; then every step is closed.
  void run(const std::stop_token& stop);
  // One turn of every step. True: there may be more to do at once.
  bool turn(const std::stop_token& stop);

 private:
  struct Slot {
    std::unique_ptr<Step> step;
    pipeline::Backoff backoff;
    pipeline::Clock::Time retry_at{};
    std::string trouble{};  // what the log was told; empty: all is well
  };

  bool advance(Slot& slot, const std::stop_token& stop);
  void failed(Slot& slot, const Error& error);
  void worked(Slot& slot);

  void close();

  const std::unique_ptr<connectors::Sink> sink_;
  const std::unique_ptr<Outbox> outbox_;
  std::vector<Slot> slots_;
  log::Log& log_;
  const pipeline::Clock& clock_;
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_INBOX_H_
