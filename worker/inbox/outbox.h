// SPDX-License-Identifier: Apache-2.0
//
// Writes messages to topics and waits until they are durable: what the inbox says to the outside it
// says before it moves on. Borrows the sink, whose target must be the topic of the record; one
// thread.

#ifndef LETHE_WORKER_INBOX_OUTBOX_H_
#define LETHE_WORKER_INBOX_OUTBOX_H_

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/sink.h"

namespace lethe::worker::inbox {

struct Message {
  std::string topic;
  std::string key;  // empty: none
  std::string value;
};

class Outbox {
 public:
  explicit Outbox(connectors::Sink& sink,
                  std::chrono::milliseconds deadline = std::chrono::milliseconds(30'000))
      : sink_(sink), deadline_(deadline) {}

  // All of them are durable when it returns without an error; else some may be, and all are to be
  // sent again. transient: the broker is away, or a stop came first; bad_config: it refuses one.
  Result<void> send(std::vector<Message> messages, const std::stop_token& stop);

 private:
  Result<void> write_and_wait(connectors::Batch batch, const std::stop_token& stop);
  Result<bool> is_durable(std::uint64_t sequence);

  connectors::Sink& sink_;
  const std::chrono::milliseconds deadline_;
  std::uint64_t sequence_ = 0;
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_OUTBOX_H_
