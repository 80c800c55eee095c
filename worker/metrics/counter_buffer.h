// SPDX-License-Identifier: Apache-2.0
//
// Counting on the way of a record: plain integers of one thread, added to the shared counters from
// time to time (the pipeline task does so every 100 ms or when a batch is done). One thread;
// borrows the registry's counters. What was counted is not visible before flush().

#ifndef LETHE_WORKER_METRICS_COUNTER_BUFFER_H_
#define LETHE_WORKER_METRICS_COUNTER_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "worker/metrics/registry.h"

namespace lethe::worker::metrics {

class CounterBuffer {
 public:
  using Id = std::size_t;

  CounterBuffer() = default;
  CounterBuffer(const CounterBuffer&) = delete;
  CounterBuffer& operator=(const CounterBuffer&) = delete;
  ~CounterBuffer() { flush(); }

  Id watch(Counter& shared) {
    slots_.push_back({&shared, 0});
    return slots_.size() - 1;
  }
  std::size_t size() const noexcept { return slots_.size(); }

  void add(Id counter, std::uint64_t n) noexcept { slots_[counter].pending += n; }

  void flush() noexcept {
    for (Slot& slot : slots_) {
      if (slot.pending == 0) continue;
      slot.shared->add(slot.pending);
      slot.pending = 0;
    }
  }

 private:
  struct Slot {
    Counter* shared;
    std::uint64_t pending;
  };
  std::vector<Slot> slots_;
};

}  // namespace lethe::worker::metrics

#endif  // LETHE_WORKER_METRICS_COUNTER_BUFFER_H_
