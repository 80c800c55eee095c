// SPDX-License-Identifier: Apache-2.0
//
// The control rows of a key topic. They are written in transactions by a producer of which there is
// one in the world ("lethe-" and the topic's name): whoever makes it fences off its predecessors,
// and then reads the log to its end before it decides. The follower sees rows of transactions that
// are still open or were aborted; here a second reader, of decided rows only, tells which of them
// count. Rows of an initialised store lie far below anything open, so that nobody's open
// transaction can hide them. Thread-safe.

#ifndef LETHE_KMS_STORE_KAFKA_CONTROL_H_
#define LETHE_KMS_STORE_KAFKA_CONTROL_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "connectors/kafka/topic_log.h"
#include "kms/store/kafka_follower.h"

namespace lethe::kms::store {

class KafkaControl {
 public:
  // log and follower outlive it. cluster_id: of the cluster that we are connected to.
  KafkaControl(connectors::kafka::TopicLog& log, KafkaFollower& follower, std::string name,
               std::string topic, std::string cluster_id, std::chrono::milliseconds deadline);

  // The rows that count. transient: somebody is writing some just now.
  Result<std::vector<ControlRow>> rows();
  // Of many first starters one writes its proposal, and all return what the topic then holds.
  Result<std::vector<ControlRow>> adopt(std::span<const ControlRow> proposal);
  Result<std::vector<ControlRow>> add(const ControlRow& row);

  // False: the store was made in another cluster, so that this is a mirror of it.
  Result<bool> is_at_home();

 private:
  struct View {
    std::vector<ControlRow> rows;
    bool undecided = false;
    bool at_home = true;
  };
  // What to write, if anything, given the rows that count.
  using Plan = std::function<std::vector<ControlRow>(const std::vector<ControlRow>&)>;

  Result<View> look();
  Result<void> decide();
  Result<std::vector<ControlRow>> write(const Plan& plan);
  Result<bool> write_once(const Plan& plan);
  ControlRow home_row() const;

  connectors::kafka::TopicLog& log_;
  KafkaFollower& follower_;
  const std::string name_;
  const std::string topic_;
  const std::string cluster_id_;
  const std::chrono::milliseconds deadline_;
  std::mutex mutex_;
};

}  // namespace lethe::kms::store

#endif  // LETHE_KMS_STORE_KAFKA_CONTROL_H_
