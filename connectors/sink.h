// SPDX-License-Identifier: Apache-2.0
//
// Where records go. Called by one pipeline task, on its thread. A sink keeps a batch, bytes and
// all, until every record of it is confirmed; it writes the records whose route is kSink to its own
// target and those with kDeadLetter to the dead-letter place, if it was given one (Kafka writes
// both, so that a later exactly-once sink can put them in one transaction).

#ifndef LETHE_CONNECTORS_SINK_H_
#define LETHE_CONNECTORS_SINK_H_

#include <chrono>
#include <cstddef>
#include <vector>

#include "connectors/batch.h"
#include "lethe/result.h"

namespace lethe::connectors {

// A record that the target refused singly (too large, not authorised). The batch stays in flight
// until the loop has answered with settle_refused(). `record` and `arena` are those of its batch,
// so that the loop can give `record->out` the headers of a dead letter before it answers; they are
// valid until then. record->route is what was refused: a dead letter may be refused, too.
struct Refused {
  std::uint64_t sequence = 0;  // of the checkpoint of its batch
  std::size_t index = 0;       // in Batch::records
  ErrorKind kind = ErrorKind::kBadRecord;
  std::string_view message;  // declared text, no data
  Record* record = nullptr;
  Arena* arena = nullptr;
};

struct Durable {
  std::vector<Checkpoint> confirmed;  // in order, contiguous
  std::vector<Refused> refused;
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Takes the batch. May return before it is durable. transient: nothing of the batch is known to
  // be written; it stays in flight, unconfirmed, until abandon() hands it back.
  virtual Result<void> write(Batch batch) = 0;

  // Serves delivery reports and returns what has become durable since the last call. Does not
  // block.
  virtual Result<Durable> durable() = 0;

  // What became of a refused record: kDeadLetter writes record->out to the dead-letter place, kNone
  // counts it as done.
  virtual Result<void> settle_refused(const Refused& refused, Route route) = 0;

  // Waits until everything in flight is durable or refused, at most `deadline`; transient on
  // expiry.
  virtual Result<void> drain(std::chrono::milliseconds deadline) = 0;

  // Forgets what is in flight and hands the batches back, in the order they were written: the
  // source rewinds, or, if it cannot seek, the loop applies their originals again.
  virtual std::vector<Batch> abandon() = 0;

  // Bytes of batches that are not durable yet; the loop bounds them.
  virtual std::size_t in_flight_bytes() const = 0;

  // Finishes outputs (renames a temporary file into place, flushes). Idempotent.
  virtual Result<void> close() = 0;
};

}  // namespace lethe::connectors

#endif  // LETHE_CONNECTORS_SINK_H_
