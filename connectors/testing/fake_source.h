// SPDX-License-Identifier: Apache-2.0
//
// A Source over a list of records in memory, which a test can stall, fail and take partitions away
// from. Each (topic, partition) has its own committed offset, as in Kafka: a rewind or a rebalance
// reads again what was not committed. Thread-safe: the test steers it while a task reads.

#ifndef LETHE_CONNECTORS_TESTING_FAKE_SOURCE_H_
#define LETHE_CONNECTORS_TESTING_FAKE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/source.h"
#include "connectors/testing/owned_record.h"

namespace lethe::connectors::testing {

struct FakeSourceOptions {
  std::size_t batch_records = 100;
  bool seekable = true;  // false: rewind() answers false and changes nothing
  bool endless = false;  // true: after the last record come empty batches, not the end
};

class FakeSource final : public Source {
 public:
  explicit FakeSource(std::vector<OwnedRecord> records, FakeSourceOptions options = {});

  Result<Batch> read(std::stop_token stop, RebalanceListener& listener) override;
  Result<void> commit(const Checkpoint& checkpoint) override;
  Result<bool> rewind() override;
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    RebalanceListener& listener) override;
  Result<void> close() override;

  // What the test does to it. Each failure is delivered once, in order.
  void append(OwnedRecord record);
  void stall(bool stalled);  // read() answers empty batches
  void fail_next_read(Error error);
  void fail_next_commit(Error error);
  void fail_next_rewind(Error error);
  void rebalance_at_next_read(bool lost);  // gives every partition up and gets it again
  void end();                              // an endless source ends after its last record

  // What happened.
  std::vector<Checkpoint> commits() const;
  // Next offset to read of each partition that was ever committed.
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> committed() const;
  std::size_t rewinds() const;
  std::chrono::milliseconds idled() const;  // the back-off asked for, which is not slept
  bool closed() const;

 private:
  using Partition = std::pair<std::string, std::int32_t>;

  bool is_committed(const OwnedRecord& record) const;
  std::vector<Position> positions() const;
  void start_over();
  Result<void> rebalance(bool lost, RebalanceListener& listener);

  mutable std::mutex mutex_;
  // A deque: records keep their addresses when the test appends, since batches view them.
  std::shared_ptr<std::deque<OwnedRecord>> records_;
  FakeSourceOptions options_;
  std::size_t next_ = 0;
  std::uint64_t generation_ = 1;
  std::uint64_t sequence_ = 0;
  std::map<Partition, std::int64_t> committed_;
  std::vector<Checkpoint> commits_;
  std::deque<Error> read_failures_;
  std::deque<Error> commit_failures_;
  std::deque<Error> rewind_failures_;
  std::optional<bool> rebalance_;  // lost?
  std::size_t rewinds_ = 0;
  std::chrono::milliseconds idled_{0};
  bool stalled_ = false;
  bool closed_ = false;
};

}  // namespace lethe::connectors::testing

#endif  // LETHE_CONNECTORS_TESTING_FAKE_SOURCE_H_
