// SPDX-License-Identifier: Apache-2.0
//
// The Sink behind make_sink(): one idempotent producer and the batches it has been given. For this
// folder only; one thread.

#ifndef LETHE_CONNECTORS_KAFKA_PRODUCER_SINK_H_
#define LETHE_CONNECTORS_KAFKA_PRODUCER_SINK_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "connectors/kafka/handles.h"
#include "connectors/kafka/in_flight.h"
#include "connectors/kafka/sink.h"
#include "connectors/kafka/target_topics.h"

namespace lethe::connectors::kafka {

class ProducerSink final : public Sink {
 public:
  static Result<std::unique_ptr<Sink>> make(SinkOptions options);
  ~ProducerSink() override;

  Result<void> write(Batch batch) override;
  Result<Durable> durable() override;
  Result<void> settle_refused(const Refused& refused, Route route) override;
  Result<void> drain(std::chrono::milliseconds deadline) override;
  std::vector<Batch> abandon() override;
  std::size_t in_flight_bytes() const override;
  Result<void> close() override;

 private:
  ProducerSink(SinkOptions options, TopicTemplate topic);
  Result<void> connect();

  static void set_callbacks(rd_kafka_conf_t* conf);
  static void on_delivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque);
  static void on_error(rd_kafka_t* client, int code, const char* text, void* opaque);

  Result<void> write_records(InFlight::Entry& entry);
  Result<void> put(InFlight::Entry& entry, std::size_t index);
  Result<void> wait_for_reports(std::chrono::milliseconds deadline);
  void delivered(InFlight::Entry& entry, std::size_t index, rd_kafka_resp_err_t code);
  void fail(Error error);
  void disconnect();

  SinkOptions options_;
  InFlight in_flight_;
  TargetTopics targets_;
  Client client_;                 // after targets_, whose handles need it: see disconnect()
  std::optional<Error> failure_;  // until abandon()
  std::size_t one_by_one_ = 0;    // records still to be written singly
  bool abandoning_ = false;
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_PRODUCER_SINK_H_
