// SPDX-License-Identifier: Apache-2.0
//
// The batches that a producer has been given and whose records are not all reported or settled yet,
// in order. A record is known to the client library by one pointer-sized ticket, so that a delivery
// report finds its batch without a search or an allocation. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KAFKA_IN_FLIGHT_H_
#define LETHE_CONNECTORS_KAFKA_IN_FLIGHT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "connectors/sink.h"

namespace lethe::connectors::kafka {

class InFlight {
 public:
  struct Entry {
    Batch batch;
    std::uint64_t id = 0;
    std::size_t bytes = 0;  // held for the batch until it is durable
    std::size_t reports_due = 0;
    std::size_t unsettled = 0;  // refused records
    bool handed_over = false;   // every record was given to the producer
  };

  Entry& add(Batch batch);

  static void* ticket(const Entry& entry, std::size_t index) noexcept;
  // Null for a ticket of a batch that is gone.
  Entry* find(const void* ticket, std::size_t& index) noexcept;
  Entry* find(std::uint64_t sequence) noexcept;

  void refuse(Entry& entry, std::size_t index, ErrorKind kind, std::string_view message);

  // What has become durable, and refusals, since the last call; forgets the finished batches.
  Durable take_news();
  // All batches, oldest first; nothing is in flight after it.
  std::vector<Batch> hand_back();

  std::size_t reports_due() const noexcept { return reports_due_; }
  std::size_t records() const noexcept;
  std::size_t bytes() const noexcept { return bytes_; }

  // One delivery more or less to wait for.
  void expect_report(Entry& entry) noexcept;
  void take_report(Entry& entry) noexcept;

 private:
  std::deque<Entry> entries_;
  std::vector<Refused> refused_;
  std::uint64_t next_id_ = 1;
  std::size_t reports_due_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_IN_FLIGHT_H_
