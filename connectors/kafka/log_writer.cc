// SPDX-License-Identifier: Apache-2.0
#include "connectors/kafka/log_writer.h"

#include <condition_variable>
#include <utility>

#include "connectors/kafka/errors.h"

namespace lethe::connectors::kafka {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRoomWait{20};
constexpr std::int64_t kUnknown = -1;

RoleProperties writer_properties(const LogOptions& options, const std::string& transactional_id) {
  const std::string deadline = std::to_string(options.append_deadline.count());
  RoleProperties role{{{"client.id", "lethe"},
                       {"linger.ms", "0"},
                       {"compression.type", "lz4"},
                       {"batch.size", "1000000"},
                       {"queue.buffering.max.messages", "1000000"},
                       {"queue.buffering.max.kbytes", "262144"},
                       {"socket.timeout.ms", deadline},
                       {"topic.metadata.refresh.interval.ms", "2000"},
                       {"reconnect.backoff.max.ms", "2000"}},
                      {{"enable.idempotence", "true"},
                       {"acks", "all"},
                       {"delivery.report.only.error", "false"},
                       {"allow.auto.create.topics", "false"}}};
  if (!transactional_id.empty()) {
    role.ours.emplace_back("transactional.id", transactional_id);
    role.ours.emplace_back("transaction.timeout.ms", deadline);
  }
  // A row that lies in a queue for longer must not appear: its writer has long given up.
  role.ours.emplace_back("message.timeout.ms", deadline);
  return role;
}

// What is known of the rows of one append. The library reports each of them once, at the latest
// when its time is up, and the append waits for that.
class Reports {
 public:
  explicit Reports(std::size_t rows) : slots_(rows) {
    for (Slot& slot : slots_) slot.owner = this;
  }

  void* ticket(std::size_t row) noexcept { return &slots_[row]; }

  static void take(const rd_kafka_message_t& message) {
    Slot& slot = *static_cast<Slot*>(message._private);
    Reports& self = *slot.owner;
    const std::lock_guard lock(self.mutex_);
    slot.offset = message.offset >= 0 ? message.offset : kUnknown;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) self.failure_ = message.err;
    ++self.reported_;
    self.news_.notify_one();  // under the lock: the waiting side owns this object
  }

  // False: not all came in this time.
  bool await(std::size_t expected, milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return news_.wait_for(lock, at_most, [&] { return reported_ == expected; });
  }
  void await(std::size_t expected) {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [&] { return reported_ == expected; });
  }

  rd_kafka_resp_err_t failure() const noexcept { return failure_; }
  std::vector<std::int64_t> offsets() const {
    std::vector<std::int64_t> offsets;
    offsets.reserve(slots_.size());
    for (const Slot& slot : slots_) offsets.push_back(slot.offset);
    return offsets;
  }

 private:
  struct Slot {
    Reports* owner = nullptr;
    std::int64_t offset = kUnknown;
  };
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<Slot> slots_;
  std::size_t reported_ = 0;
  rd_kafka_resp_err_t failure_ = RD_KAFKA_RESP_ERR_NO_ERROR;
};

// In the library's background thread.
void on_event(rd_kafka_t*, rd_kafka_event_t* given, void*) {
  const Event event(given);
  if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_DR) return;
  while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get()))
    Reports::take(*message);
}

void report_in_background(rd_kafka_conf_t* conf) {
  rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
  rd_kafka_conf_set_background_event_cb(conf, on_event);
}

Result<Client> make_producer(const LogOptions& options, const std::string& transactional_id) {
  Client client = LETHE_TRY(make_client(RD_KAFKA_PRODUCER, options.client,
                                        writer_properties(options, transactional_id), nullptr,
                                        report_in_background));
  const Queue reports(rd_kafka_queue_get_main(client.get()));
  const Queue background(rd_kafka_queue_get_background(client.get()));
  rd_kafka_queue_forward(reports.get(), background.get());
  return client;
}

rd_kafka_resp_err_t produce(rd_kafka_t* client, const std::string& topic, const LogRow& row,
                            void* ticket) {
  void* value = row.value ? const_cast<char*>(row.value->data()) : nullptr;
  const std::size_t value_size = row.value ? row.value->size() : 0;
  return rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
                           RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                           RD_KAFKA_V_VALUE(value, value_size),
                           RD_KAFKA_V_KEY(const_cast<char*>(row.key.data()), row.key.size()),
                           RD_KAFKA_V_OPAQUE(ticket), RD_KAFKA_V_END);
}

// Produces and waits for all reports; what was handed over is reported on, whatever happens.
rd_kafka_resp_err_t produce_all(rd_kafka_t* client, const LogOptions& options,
                                std::span<const LogRow> rows, Reports& reports) {
  rd_kafka_resp_err_t refusal = RD_KAFKA_RESP_ERR_NO_ERROR;
  const auto until = std::chrono::steady_clock::now() + options.append_deadline;
  std::size_t handed = 0;
  while (handed < rows.size()) {
    refusal = produce(client, options.topic, rows[handed], reports.ticket(handed));
    if (refusal == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++handed;
      continue;
    }
    const bool is_full = refusal == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (!is_full || std::chrono::steady_clock::now() >= until) break;
    reports.await(handed, kRoomWait);
  }
  reports.await(handed);
  return refusal != RD_KAFKA_RESP_ERR_NO_ERROR ? refusal : reports.failure();
}

}  // namespace

Result<std::unique_ptr<RowWriter>> RowWriter::make(const LogOptions& options) {
  std::unique_ptr<RowWriter> writer(new RowWriter(options));
  LETHE_TRY(writer->client());
  return writer;
}

Result<Client> RowWriter::client() {
  const std::lock_guard lock(mutex_);
  const bool usable = client_ != nullptr &&
                      rd_kafka_fatal_error(client_.get(), nullptr, 0) == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!usable) client_ = LETHE_TRY(make_producer(options_, {}));
  return client_;
}

Result<std::vector<std::int64_t>> RowWriter::append(std::span<const LogRow> rows) {
  if (rows.empty()) return std::vector<std::int64_t>();
  const Client client = LETHE_TRY(this->client());
  Reports reports(rows.size());
  const auto code = produce_all(client.get(), options_, rows, reports);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return reports.offsets();
  return kafka_error("append to the topic " + options_.topic, code);
}

Result<std::unique_ptr<FencedWriter>> TransactionWriter::make(const LogOptions& options,
                                                              const std::string& id) {
  Client client = LETHE_TRY(make_producer(options, id));
  LETHE_TRY(check(ClientError(rd_kafka_init_transactions(
                      client.get(), static_cast<int>(options.append_deadline.count()))),
                  "become the one writer of control rows of the topic " + options.topic));
  return std::unique_ptr<FencedWriter>(new TransactionWriter(options, std::move(client)));
}

Result<FencedWriter::Outcome> TransactionWriter::append_all(std::span<const LogRow> rows) {
  const std::string attempted = "write control rows to the topic " + options_.topic;
  ClientError begun(rd_kafka_begin_transaction(client_.get()));
  if (begun != nullptr) return settle(std::move(begun), attempted);
  Reports reports(rows.size());
  // A failure of one row is one of the transaction: the commit reports it.
  static_cast<void>(produce_all(client_.get(), options_, rows, reports));
  return settle(ClientError(rd_kafka_commit_transaction(
                    client_.get(), static_cast<int>(options_.append_deadline.count()))),
                attempted);
}

Result<FencedWriter::Outcome> TransactionWriter::settle(ClientError error,
                                                        std::string_view attempted) {
  if (error == nullptr) return Outcome::kCommitted;
  const auto code = rd_kafka_error_code(error.get());
  const bool fenced = code == RD_KAFKA_RESP_ERR__FENCED ||
                      code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
                      code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
  if (fenced) return Outcome::kFenced;
  if (rd_kafka_error_txn_requires_abort(error.get()) != 0) {
    // The outcome is that of the commit; what an abort says beyond it changes nothing.
    const ClientError aborted(rd_kafka_abort_transaction(
        client_.get(), static_cast<int>(options_.call_deadline.count())));
  }
  return kafka_error(attempted, code);
}

}  // namespace lethe::connectors::kafka
