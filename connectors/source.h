// SPDX-License-Identifier: Apache-2.0
//
// Where records come from. Called by one pipeline task, on its thread. A source may be ahead of
// what is committed; after rewind() it reads again from there. Errors: transient (the system is
// away, call again), bad_config, bad_record (an unreadable input, with its place), internal.

#ifndef LETHE_CONNECTORS_SOURCE_H_
#define LETHE_CONNECTORS_SOURCE_H_

#include <chrono>
#include <span>
#include <stop_token>

#include "connectors/batch.h"
#include "lethe/result.h"

namespace lethe::connectors {

// The loop's answer to a rebalance, the one callback of the house: called inside Source::read (or
// idle), on the same thread, before the source lets go of partitions. lost: they are no longer
// ours, abandon what is in flight; else drain the sink and commit first.
class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  virtual Result<void> release(std::span<const Position> partitions, bool lost) = 0;
};

class Source {
 public:
  virtual ~Source() = default;

  // Waits at most 100 ms. An empty batch is not the end; Batch::end is. A record that could not be
  // taken apart (a line that is no JSON, where a key is wanted from it) comes with `failed` set and
  // the raw bytes as its value: the chain leaves it alone and the error policy settles it.
  virtual Result<Batch> read(std::stop_token stop, RebalanceListener& listener) = 0;

  // Makes the checkpoint the place to start from after a restart. Checkpoints come in order; one of
  // an earlier generation, or of partitions that were taken away, is ignored.
  virtual Result<void> commit(const Checkpoint& checkpoint) = 0;

  // Back to the last commit. False: this source cannot seek, and the loop reapplies from originals.
  virtual Result<bool> rewind() = 0;

  // Spends the back-off here: partitions paused, client polled, nobody else's rebalance waits for
  // us.
  virtual Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                            RebalanceListener& listener) = 0;

  // Commits no more than commit() was given. Idempotent.
  virtual Result<void> close() = 0;
};

}  // namespace lethe::connectors

#endif  // LETHE_CONNECTORS_SOURCE_H_
