// SPDX-License-Identifier: Apache-2.0
//
// The Source behind make_source(): one consumer, polled message by message, since the library's
// batched consume loses offsets around pause and seek (before 2.1). Messages are not copied: a
// batch owns them, and with them their client. For this folder only; one thread.

#ifndef LETHE_CONNECTORS_KAFKA_CONSUMER_SOURCE_H_
#define LETHE_CONNECTORS_KAFKA_CONSUMER_SOURCE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "connectors/kafka/assignment.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/source.h"

namespace lethe::connectors::kafka {

class ConsumerSource final : public Source {
 public:
  static Result<std::unique_ptr<Source>> make(SourceOptions options);
  ~ConsumerSource() override;

  Result<Batch> read(std::stop_token stop, RebalanceListener& listener) override;
  Result<void> commit(const Checkpoint& checkpoint) override;
  Result<bool> rewind() override;
  Result<void> idle(std::chrono::milliseconds duration, std::stop_token stop,
                    RebalanceListener& listener) override;
  Result<void> close() override;

 private:
  class Lending;

  explicit ConsumerSource(SourceOptions options);
  Result<void> subscribe();

  static void set_callbacks(rd_kafka_conf_t* conf);

  // Callbacks of the library, all from within a poll.
  static void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* partitions, void* self);
  static void on_error(rd_kafka_t* client, int code, const char* text, void* self);
  static void on_commit(rd_kafka_t* client, rd_kafka_resp_err_t code,
                        rd_kafka_topic_partition_list_t* partitions, void* self);

  void take_over(rd_kafka_topic_partition_list_t* partitions);
  void give_up(bool lost);
  Message poll(int wait_ms);
  void fill(Batch& batch);
  void add(Message message, Batch& batch);
  void note_failure(rd_kafka_resp_err_t code);
  Result<void> send_commits(bool wait);
  Result<void> send_commits_if_due();
  void pause(bool paused);

  SourceOptions options_;
  Client client_;
  Assignment assignment_;
  RebalanceListener* listener_ = nullptr;  // lent by read() and idle()
  Batch* filling_ = nullptr;               // given up with its partitions
  std::deque<Message> held_;               // came while idling
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point last_commit_;
  std::uint64_t generation_ = 1;
  std::uint64_t sequence_ = 0;
  bool was_assigned_ = false;
  bool paused_ = false;
  bool closed_ = false;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_CONSUMER_SOURCE_H_
