// SPDX-License-Identifier: Apache-2.0
//
// Whether rows of a key topic are gone from it (custody protocol, level L1): tombstoned is not
// enough, a reader that begins at the topic's beginning must no longer meet them. Only reading it
// tells. That is done for all rows asked about at once, with a reader of its own, in slices: a
// topic of any length takes about half of the caller's time at most and no memory. A row that was
// seen gone stays so. Owned by the store; thread-safe.

#ifndef LETHE_KMS_STORE_KAFKA_REMOVAL_H_
#define LETHE_KMS_STORE_KAFKA_REMOVAL_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>

#include "connectors/kafka/topic_log.h"
#include "kms/store/rows.h"

namespace lethe::kms::store {

class KafkaRemoval {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // The log outlives it.
  explicit KafkaRemoval(connectors::kafka::TopicLog& log,
                        Clock clock = std::chrono::steady_clock::now)
      : log_(log), clock_(std::move(clock)) {}

  // True: a reading that began after these ids were first asked about met none of their rows. False
  // also while that is not known yet: ask again later. An id that was forgotten is asked about
  // anew.
  Result<bool> gone(std::span<const DekId> ids);
  // The row is in the topic, whatever was seen before.
  void forget(const DekId& id);

 private:
  // One reading of the topic, from its beginning to where it ended when that began.
  struct Reading {
    std::unique_ptr<connectors::kafka::LogReader> reader;
    std::int64_t end = 0;
    std::set<DekId> missing;  // asked about, and not met so far
  };

  bool all_seen_gone(std::span<const DekId> ids) const;
  Result<void> go_on();
  Result<void> begin();
  Result<bool> read_slice();

  connectors::kafka::TopicLog& log_;
  const Clock clock_;
  std::mutex mutex_;
  std::set<DekId> asked_;
  std::set<DekId> gone_;
  std::unique_ptr<Reading> reading_;
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_REMOVAL_H_
