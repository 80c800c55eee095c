// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/producer_sink.h"

#include <algorithm>
#include <string>
#include <utility>

#include "connectors/kafka/errors.h"
#include "connectors/kafka/record_writer.h"

namespace lethe::connectors::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* kUsualDelivery = "60000";

// Purged messages are reported by the library's own threads, without a broker.
constexpr milliseconds kPurgeDeadline{5000};
constexpr int kRoomWaitMs = 50;

// The loop bounds what is in flight by bytes; the client's own bounds lie beyond it.
const RoleProperties& producer_properties() {
  static const RoleProperties properties{{{"client.id", "lethe"},
                                          {"queue.buffering.max.messages", "4000000"},
                                          {"queue.buffering.max.kbytes", "524288"},
                                          {"message.timeout.ms", kUsualDelivery}},
                                         {{"enable.idempotence", "true"},
                                          {"acks", "all"},
                                          {"partitioner", "murmur2_random"},
                                          {"delivery.report.only.error", "false"},
                                          {"allow.auto.create.topics", "false"}}};
  return properties;
}

// The user may shorten the time of delivery, and lengthen it up to what the sink was given.
Result<RoleProperties> producer_role(const SinkOptions& options) {
  RoleProperties role = producer_properties();
  const std::string longest = std::to_string(options.longest_delivery.count());
  if (std::stoll(kUsualDelivery) > options.longest_delivery.count())
    role.defaults.emplace_back("message.timeout.ms", longest);
  for (const auto& [name, value] : options.client.properties) {
    if (name != "message.timeout.ms" && name != "delivery.timeout.ms") continue;
    const long long asked = std::strtoll(value.c_str(), nullptr, 10);
    if (asked > 0 && asked <= options.longest_delivery.count()) continue;
    return bad_config("the Kafka property '" + name +
                      "' must lie between 1 and half the lease on the keys, " + longest +
                      " ms: what is delivered later could be of somebody who was erased meanwhile");
  }
  return role;
}

}  // namespace

Result<std::unique_ptr<Sink>> make_sink(SinkOptions options) {
  return ProducerSink::make(std::move(options));
}

Result<std::unique_ptr<Sink>> ProducerSink::make(SinkOptions options) {
  TopicTemplate topic = LETHE_TRY(TopicTemplate::make(options.topic));
  std::unique_ptr<ProducerSink> sink(new ProducerSink(std::move(options), std::move(topic)));
  LETHE_TRY(sink->connect());
  return std::unique_ptr<Sink>(std::move(sink));
}

ProducerSink::ProducerSink(SinkOptions options, TopicTemplate topic)
    : options_(std::move(options)), targets_(options_, std::move(topic)) {}

ProducerSink::~ProducerSink() {
  static_cast<void>(abandon());
  disconnect();
}

Result<void> ProducerSink::connect() {
  if (client_ != nullptr) return {};
  const RoleProperties role = LETHE_TRY(producer_role(options_));
  client_ = LETHE_TRY(make_client(RD_KAFKA_PRODUCER, options_.client, role, this, set_callbacks));
  return {};
}

// Ends the client's threads: after it nothing refers to the bytes of a batch.
void ProducerSink::disconnect() {
  targets_.forget();
  client_.reset();
}

void ProducerSink::set_callbacks(rd_kafka_conf_t* conf) {
  // Also what makes flush wake for each report; without it, every 10 ms.
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  rd_kafka_conf_set_error_cb(conf, on_error);
}

Result<void> ProducerSink::write(Batch batch) {
  InFlight::Entry& entry = in_flight_.add(std::move(batch));
  if (failure_.has_value()) return *failure_;
  LETHE_TRY(connect());
  auto written = write_records(entry);
  if (!written) return written;
  entry.handed_over = true;
  rd_kafka_poll(client_.get(), 0);
  return {};
}

Result<void> ProducerSink::write_records(InFlight::Entry& entry) {
  for (std::size_t i = 0; i < entry.batch.records.size(); ++i) {
    const Route route = entry.batch.records[i].route;
    if (route == Route::kNone) continue;
    if (route == Route::kDeadLetter && options_.dead_letter_topic.empty()) continue;
    LETHE_TRY(put(entry, i));
    if (one_by_one_ == 0) continue;
    LETHE_TRY(wait_for_reports(options_.write_deadline));
    --one_by_one_;
  }
  return {};
}

Result<void> ProducerSink::put(InFlight::Entry& entry, std::size_t index) {
  const Record& record = entry.batch.records[index];
  const TargetTopic* target =
      LETHE_TRY(targets_.find(client_.get(), text(record.out.topic), record.route));
  const auto until = Clock::now() + options_.write_deadline;
  for (;;) {
    const auto code = produce(client_.get(), *target, record.out, InFlight::ticket(entry, index));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      in_flight_.expect_report(entry);
      return {};
    }
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      in_flight_.refuse(entry, index, ErrorKind::kBadRecord, refusal_message(code));
      return {};
    }
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || Clock::now() >= until) {
      targets_.forget();
      return kafka_error("write to Kafka at " + options_.client.brokers, code);
    }
    rd_kafka_poll(client_.get(), kRoomWaitMs);
    if (failure_.has_value()) return *failure_;
  }
}

Result<void> ProducerSink::wait_for_reports(milliseconds deadline) {
  const auto code = rd_kafka_flush(client_.get(), static_cast<int>(deadline.count()));
  if (failure_.has_value()) return *failure_;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error("have all records confirmed by Kafka at " + options_.client.brokers, code);
}

Result<Durable> ProducerSink::durable() {
  if (client_ != nullptr) rd_kafka_poll(client_.get(), 0);
  if (failure_.has_value()) return *failure_;
  return in_flight_.take_news();
}

Result<void> ProducerSink::settle_refused(const Refused& refused, Route route) {
  InFlight::Entry* entry = in_flight_.find(refused.sequence);
  if (entry == nullptr || entry->unsettled == 0) {
    return internal("settling a record of the Kafka sink that is not waiting for it");
  }
  entry->batch.records[refused.index].route = route;
  if (route != Route::kNone) {
    if (route == Route::kDeadLetter && options_.dead_letter_topic.empty()) {
      return internal("a dead letter was given to a Kafka sink that has no topic for it");
    }
    LETHE_TRY(put(*entry, refused.index));
  }
  --entry->unsettled;
  return {};
}

Result<void> ProducerSink::drain(milliseconds deadline) {
  if (failure_.has_value()) return *failure_;
  if (in_flight_.reports_due() == 0) return {};
  return wait_for_reports(deadline);
}

std::vector<Batch> ProducerSink::abandon() {
  if (client_ != nullptr) {
    abandoning_ = true;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client_.get(), static_cast<int>(kPurgeDeadline.count()));
    abandoning_ = false;
    const bool is_broken =
        rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
    // A batch may be freed only when the client has let go of it.
    if (is_broken || in_flight_.reports_due() > 0) disconnect();
  }
  failure_.reset();
  return in_flight_.hand_back();
}

std::size_t ProducerSink::in_flight_bytes() const {
  return in_flight_.bytes();
}

Result<void> ProducerSink::close() {
  if (in_flight_.reports_due() > 0) {
    return internal("the Kafka sink was closed while records were in flight");
  }
  disconnect();
  return {};
}

void ProducerSink::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& self = self_of<ProducerSink>(opaque);
  std::size_t index = 0;
  InFlight::Entry* entry = self.in_flight_.find(message->_private, index);
  if (entry == nullptr) return;
  self.in_flight_.take_report(*entry);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) self.delivered(*entry, index, message->err);
}

void ProducerSink::delivered(InFlight::Entry& entry, std::size_t index, rd_kafka_resp_err_t code) {
  if (abandoning_) return;
  switch (delivery_of(code)) {
    case Delivery::kDone:
    case Delivery::kAbandoned:
      return;
    case Delivery::kRefused:
      in_flight_.refuse(entry, index, ErrorKind::kBadRecord, refusal_message(code));
      return;
    case Delivery::kRefusedWithBatch:
      if (one_by_one_ > 0) {
        in_flight_.refuse(entry, index, ErrorKind::kBadRecord, refusal_message(code));
        return;
      }
      // All that may come again before the culprit, and then itself.
      one_by_one_ = in_flight_.records();
      fail(transient("the broker refused a request; writing its records again one by one"));
      return;
    case Delivery::kFailed:
      targets_.forget();
      fail(kafka_error("write to Kafka at " + options_.client.brokers, code));
  }
}

void ProducerSink::fail(Error error) {
  if (!failure_.has_value()) failure_ = std::move(error);
}

void ProducerSink::on_error(rd_kafka_t* client, int code, const char*, void* opaque) {
  auto& self = self_of<ProducerSink>(opaque);
  auto kafka_code = static_cast<rd_kafka_resp_err_t>(code);
  if (kafka_code == RD_KAFKA_RESP_ERR__FATAL) {
    // The producer is spent: abandon() makes way for a new one.
    kafka_code = rd_kafka_fatal_error(client, nullptr, 0);
    self.fail(transient("the Kafka producer lost its sequence (" +
                        std::string(name_of(kafka_code)) + ")"));
  } else if (kind_of(kafka_code) == ErrorKind::kBadConfig) {
    self.fail(kafka_error("use Kafka at " + self.options_.client.brokers, kafka_code));
  }
  // Anything else the library repairs or reports with the deliveries that it costs.
}

}  // namespace lethe::connectors::kafka
