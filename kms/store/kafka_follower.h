// SPDX-License-Identifier: Apache-2.0
//
// Reads a key topic into a KafkaLedger, from the first row on and as long as it lives, on a thread
// of its own: the one follower of a store. Others wait here for what they wrote or for the log's
// end. When the log no longer has what was read, the ledger is dropped and read anew from 0; fence
// and erased rows that were known and are missing are written again, and a topic that now holds
// another store is refused for good. Thread-safe.

#ifndef LETHE_KMS_STORE_KAFKA_FOLLOWER_H_
#define LETHE_KMS_STORE_KAFKA_FOLLOWER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/kafka/topic_log.h"
#include "kms/store/kafka_ledger.h"

namespace lethe::kms::store {

class KafkaFollower {
 public:
  // Offsets read, and the end taken when reading began. From the follower's thread.
  using Progress = std::function<void(std::uint64_t read, std::uint64_t end)>;
  struct Options {
    std::string name;  // of the store, for messages
    std::int32_t partitions = 1;
    std::chrono::milliseconds deadline{10'000};
    Progress progress;
    bool may_write = true;  // false: missing rows are not written again
  };

  // Returns when everything up to the end as of now is in the ledger. The log outlives it.
  static Result<std::unique_ptr<KafkaFollower>> start(connectors::kafka::TopicLog& log,
                                                      Options options);
  ~KafkaFollower();
  KafkaFollower(const KafkaFollower&) = delete;
  KafkaFollower& operator=(const KafkaFollower&) = delete;

  // Until the rows before this offset are in the ledger.
  Result<void> await(std::int64_t offset);
  // Until all rows that are durable now are.
  Result<void> catch_up();

  // f(ledger), while nothing is added to it. transient while the log is being read anew.
  template <class F>
  auto read(F f) const -> Result<decltype(f(std::declval<const KafkaLedger&>()))> {
    const std::shared_lock lock(rows_mutex_);
    LETHE_TRY(check_loaded());  // under the lock: a ledger is exchanged only after it is unloaded
    return f(std::as_const(*ledger_));
  }
  // Decisions about rows that are there, which is all that others may change.
  template <class F>
  void decide(F f) {
    const std::unique_lock lock(rows_mutex_);
    f(ledger_->candidates());
  }

  std::int64_t position() const;
  std::uint64_t generation() const;
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  void watch(std::chrono::milliseconds at_most);
  // The log was seen to end below what was read: all is read anew.
  void lose();
  // From now on every call fails with this.
  void refuse(Error error);
  Result<void> check() const;

 private:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  KafkaFollower(connectors::kafka::TopicLog& log, Options options);
  void run();
  bool begin();
  void step();
  void begin_anew();
  void publish(bool changed);
  bool has_arrived() const;
  void finish_load();
  void mend();
  void pause();
  Result<void> await_load();
  Result<void> check_loaded() const;

  connectors::kafka::TopicLog& log_;
  const Options options_;

  mutable std::shared_mutex rows_mutex_;
  std::unique_ptr<KafkaLedger> ledger_ = std::make_unique<KafkaLedger>();

  mutable std::mutex mutex_;  // what follows, up to the thread's own
  mutable std::condition_variable news_;
  std::int64_t position_ = 0;
  std::uint64_t generation_ = 1;
  bool loaded_ = false;
  bool is_lost_ = false;
  bool stopping_ = false;
  std::uint64_t watched_ = 0;
  std::optional<Error> trouble_;  // why nothing is read just now
  std::optional<Error> refusal_;
  std::atomic<std::uint64_t> version_{1};

  // Of the thread alone.
  std::unique_ptr<connectors::kafka::LogReader> reader_;
  std::vector<std::int64_t> ends_;  // where a load is complete
  std::unique_ptr<KafkaLedger> before_;
  Rows to_mend_;
  std::thread thread_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_FOLLOWER_H_
