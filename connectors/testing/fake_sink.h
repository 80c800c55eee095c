// SPDX-License-Identifier: Apache-2.0
//
// A Sink that remembers what it was given, and that a test can cork (nothing becomes durable), fail
// and make refuse single records. Records count as written when their batch is served by durable()
// or drain(), not when they are handed over; an abandoned batch leaves no trace. Thread-safe: the
// test steers it while a task writes.

#ifndef LETHE_CONNECTORS_TESTING_FAKE_SINK_H_
#define LETHE_CONNECTORS_TESTING_FAKE_SINK_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "connectors/sink.h"
#include "connectors/testing/owned_record.h"

namespace lethe::connectors::testing {

class FakeSink final : public Sink {
 public:
  // Asked with a record as it leaves and its route; true: the target refuses it.
  using Refusal = std::function<bool(const OwnedRecord&, Route)>;

  Result<void> write(Batch batch) override;
  Result<Durable> durable() override;
  Result<void> settle_refused(const Refused& refused, Route route) override;
  Result<void> drain(std::chrono::milliseconds deadline) override;
  std::vector<Batch> abandon() override;
  std::size_t in_flight_bytes() const override;
  Result<void> close() override;

  // What the test does to it. Each failure is delivered once, in order.
  void cork(bool corked);  // corked: drain() is transient at once, as if its deadline had passed
  void fail_next_write(Error error);
  void fail_next_durable(Error error);
  void fail_next_drain(Error error);
  void refuse_if(Refusal refusal, ErrorKind kind = ErrorKind::kBadRecord);

  // What happened.
  std::vector<OwnedRecord> written() const;
  std::vector<OwnedRecord> dead_letters() const;
  std::size_t abandons() const;
  bool closed() const;

 private:
  struct InFlight {
    Batch batch;
    std::size_t served = 0;   // records tried so far
    std::size_t refused = 0;  // of these, not settled yet
    bool failed = false;      // its write failed: it waits for abandon()
  };

  void serve();
  void put(InFlight& flight, std::size_t index);
  void confirm_finished();

  mutable std::mutex mutex_;
  std::deque<InFlight> in_flight_;
  Durable news_;  // what the next durable() answers
  std::vector<OwnedRecord> written_;
  std::vector<OwnedRecord> dead_letters_;
  std::deque<Error> write_failures_;
  std::deque<Error> durable_failures_;
  std::deque<Error> drain_failures_;
  Refusal refusal_;
  ErrorKind refusal_kind_ = ErrorKind::kBadRecord;
  std::size_t abandons_ = 0;
  bool corked_ = false;
  bool closed_ = false;
};

}  // namespace lethe::connectors::testing

#endif  // LETHE_CONNECTORS_TESTING_FAKE_SINK_H_
