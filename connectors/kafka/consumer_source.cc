// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/consumer_source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "connectors/kafka/errors.h"

namespace lethe::connectors::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kReadWaitMs = 100;

// Measured: when its queue is full the library's fetcher sleeps up to a second, so that the queue
// has to hold about a second of traffic.
const RoleProperties& consumer_properties() {
  static const RoleProperties properties{{{"client.id", "lethe"},
                                          {"auto.offset.reset", "earliest"},
                                          {"queued.min.messages", "1000000"},
                                          {"queued.max.messages.kbytes", "131072"}},
                                         {{"enable.auto.commit", "false"},
                                          {"enable.auto.offset.store", "false"},
                                          {"isolation.level", "read_committed"},
                                          {"partition.assignment.strategy", "range,roundrobin"},
                                          {"enable.partition.eof", "false"},
                                          {"allow.auto.create.topics", "false"}}};
  return properties;
}

// The messages go first: they refer to their client.
struct MessageOwner final : BatchOwner {
  explicit MessageOwner(Client shared) : client(std::move(shared)) {}
  Client client;
  std::vector<Message> messages;
};

lethe_view bytes(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), size};  // null stays null: a tombstone, no key
}

std::int64_t timestamp_of(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t timestamp = rd_kafka_message_timestamp(&message, &type);
  return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : timestamp;
}

// False when the arena is full.
bool add_headers(const rd_kafka_message_t& message, Arena& arena, lethe_record& record) {
  rd_kafka_headers_t* headers = nullptr;  // stays the message's
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return true;
  const std::size_t n = rd_kafka_header_cnt(headers);
  auto* list =
      static_cast<lethe_header*>(arena.allocate(n * sizeof(lethe_header), alignof(lethe_header)));
  if (list == nullptr) return false;
  for (std::size_t i = 0; i < n; ++i) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    rd_kafka_header_get_all(headers, i, &name, &value, &size);
    list[i] = {view(name), bytes(value, size)};
  }
  record.headers = list;
  record.n_headers = n;
  return true;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

}  // namespace

// Lends the listener to the rebalance callback for the duration of one call.
class ConsumerSource::Lending {
 public:
  Lending(ConsumerSource& source, RebalanceListener& listener) : source_(source) {
    source_.listener_ = &listener;
  }
  ~Lending() { source_.listener_ = nullptr; }
  Lending(const Lending&) = delete;
  Lending& operator=(const Lending&) = delete;

 private:
  ConsumerSource& source_;
};

Result<std::unique_ptr<Source>> make_source(SourceOptions options) {
  return ConsumerSource::make(std::move(options));
}

Result<std::unique_ptr<Source>> ConsumerSource::make(SourceOptions options) {
  if (options.topics.empty()) return bad_config("a Kafka source needs topics or a pattern");
  if (options.group.empty()) return bad_config("a Kafka source needs a consumer group");
  std::unique_ptr<ConsumerSource> source(new ConsumerSource(std::move(options)));
  LETHE_TRY(source->subscribe());
  return std::unique_ptr<Source>(std::move(source));
}

ConsumerSource::ConsumerSource(SourceOptions options)
    : options_(std::move(options)), last_commit_(Clock::now()) {}

ConsumerSource::~ConsumerSource() {
  static_cast<void>(close());
}

void ConsumerSource::set_callbacks(rd_kafka_conf_t* conf) {
  rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
  rd_kafka_conf_set_error_cb(conf, on_error);
  rd_kafka_conf_set_offset_commit_cb(conf, on_commit);
}

Result<void> ConsumerSource::subscribe() {
  RoleProperties role = consumer_properties();
  role.ours.emplace_back("group.id", options_.group);
  client_ = LETHE_TRY(make_client(RD_KAFKA_CONSUMER, options_.client, role, this, set_callbacks));
  rd_kafka_poll_set_consumer(client_.get());
  const PartitionList topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size())));
  for (const std::string& topic : options_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const auto code = rd_kafka_subscribe(client_.get(), topics.get());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error("subscribe to " + joined(options_.topics), code);
}

Result<Batch> ConsumerSource::read(std::stop_token stop, RebalanceListener& listener) {
  if (closed_) return internal("a Kafka source was read after its close");
  const Lending lending(*this, listener);
  if (failure_.has_value()) return *std::exchange(failure_, std::nullopt);
  LETHE_TRY(send_commits_if_due());
  Batch batch;
  if (stop.stop_requested()) return batch;
  fill(batch);
  // What was read before a failure goes first; the failure is the answer to the next call.
  if (batch.empty() && failure_.has_value()) return *std::exchange(failure_, std::nullopt);
  batch.checkpoint.generation = generation_;
  batch.checkpoint.sequence = batch.empty() ? 0 : ++sequence_;
  batch.checkpoint.positions = assignment_.end_batch();
  return batch;
}

void ConsumerSource::fill(Batch& batch) {
  filling_ = &batch;
  int wait_ms = kReadWaitMs;
  while (batch.records.size() < options_.batch_records && batch.bytes < options_.batch_bytes) {
    Message message = poll(wait_ms);
    if (message == nullptr) break;
    wait_ms = 0;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      add(std::move(message), batch);
    } else {
      note_failure(message->err);
    }
  }
  filling_ = nullptr;
}

Message ConsumerSource::poll(int wait_ms) {
  if (held_.empty()) return Message(rd_kafka_consumer_poll(client_.get(), wait_ms));
  Message message = std::move(held_.front());
  held_.pop_front();
  return message;
}

void ConsumerSource::add(Message message, Batch& batch) {
  std::string_view topic;
  if (!assignment_.hand_out(*message, topic)) return;  // of a partition given up meanwhile
  if (batch.owner == nullptr) {
    auto owner = std::make_unique<MessageOwner>(client_);
    owner->messages.reserve(options_.batch_records);
    batch.records.reserve(options_.batch_records);
    batch.owner = std::move(owner);
  }
  Record& record = batch.records.emplace_back();
  record.in = {sizeof(lethe_record),
               message->partition,
               message->offset,
               timestamp_of(*message),
               view(topic),
               bytes(message->key, message->key_len),
               bytes(message->payload, message->len),
               nullptr,
               0,
               sizeof(lethe_header)};
  if (!add_headers(*message, batch.arena, record.in)) {
    record.failed = true;
    record.error_kind = ErrorKind::kBadRecord;
    record.error_message = "the headers of the record are too many for memory";
  }
  record.out = record.in;
  batch.bytes += message->key_len + message->len;
  static_cast<MessageOwner&>(*batch.owner).messages.push_back(std::move(message));
}

void ConsumerSource::note_failure(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:  // a rebalance follows
      return;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      if (was_assigned_) {  // a broker that restarts may not know its topics yet
        failure_ = transient("a topic of " + joined(options_.topics) + " is not there at present");
        return;
      }
      failure_ = bad_config("a topic of " + joined(options_.topics) +
                            " does not exist; create it or correct the topics of the source");
      return;
    default:
      failure_ = kafka_error("read " + joined(options_.topics), code);
  }
}

Result<void> ConsumerSource::commit(const Checkpoint& checkpoint) {
  if (checkpoint.generation != generation_) return {};
  for (const Position& position : checkpoint.positions) assignment_.confirm(position);
  return send_commits_if_due();
}

Result<void> ConsumerSource::send_commits_if_due() {
  const auto now = Clock::now();
  if (now - last_commit_ < options_.commit_interval) return {};
  last_commit_ = now;
  return send_commits(false);
}

Result<void> ConsumerSource::send_commits(bool wait) {
  const PartitionList offsets = assignment_.take_unsent();
  if (offsets->cnt == 0) return {};
  const auto code = rd_kafka_commit(client_.get(), offsets.get(), wait ? 0 : 1);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  assignment_.mark_unsent(*offsets);
  return kafka_error("commit offsets of group " + options_.group, code);
}

Result<bool> ConsumerSource::rewind() {
  const PartitionList points = assignment_.restart_points();
  if (points->cnt > 0) {
    // -1: wait for the library's own threads, not for a broker. A deadline is misread before 2.1.
    LETHE_TRY(check(ClientError(rd_kafka_seek_partitions(client_.get(), points.get(), -1)),
                    "go back to the last commit"));
    for (int i = 0; i < points->cnt; ++i) {
      if (points->elems[i].err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      return kafka_error("go back to the last commit", points->elems[i].err);
    }
  }
  held_.clear();
  ++generation_;
  return true;
}

Result<void> ConsumerSource::idle(milliseconds duration, std::stop_token stop,
                                  RebalanceListener& listener) {
  const Lending lending(*this, listener);
  const auto until = Clock::now() + duration;
  pause(true);
  while (!stop.stop_requested()) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    if (left <= milliseconds(0)) break;
    const int wait_ms = static_cast<int>(std::min<std::int64_t>(left.count(), kReadWaitMs));
    Message message(rd_kafka_consumer_poll(client_.get(), wait_ms));
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      assignment_.hold(*message);
      held_.push_back(std::move(message));
    } else {
      note_failure(message->err);
    }
  }
  pause(false);
  if (failure_.has_value()) return *std::exchange(failure_, std::nullopt);
  return send_commits_if_due();
}

void ConsumerSource::pause(bool paused) {
  paused_ = paused;
  if (assignment_.empty()) return;
  const PartitionList all = assignment_.all();
  // Refused only for partitions that are no longer ours.
  static_cast<void>(paused ? rd_kafka_pause_partitions(client_.get(), all.get())
                           : rd_kafka_resume_partitions(client_.get(), all.get()));
}

Result<void> ConsumerSource::close() {
  if (closed_ || client_ == nullptr) return {};
  closed_ = true;
  auto committed = send_commits(true);
  held_.clear();
  const auto code = rd_kafka_consumer_close(client_.get());
  if (!committed) return committed;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error("leave group " + options_.group, code);
}

void ConsumerSource::on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = self_of<ConsumerSource>(opaque);
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.take_over(partitions);
    return;
  }
  self.give_up(rd_kafka_assignment_lost(client) != 0);
  if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) self.note_failure(code);
}

void ConsumerSource::take_over(rd_kafka_topic_partition_list_t* partitions) {
  assignment_.assign(*partitions);
  was_assigned_ = was_assigned_ || partitions->cnt > 0;
  const auto code = rd_kafka_assign(client_.get(), partitions);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) note_failure(code);
  if (paused_) pause(true);
}

void ConsumerSource::give_up(bool lost) {
  if (listener_ != nullptr && !assignment_.empty()) {
    auto released = listener_->release(assignment_.positions(), lost);
    if (!released) failure_ = std::move(released).error();
  }
  if (!lost) {
    auto committed = send_commits(true);
    if (!committed && !failure_.has_value()) failure_ = std::move(committed).error();
  }
  // What was read and not handed on is read again by whoever gets the partitions.
  if (filling_ != nullptr) *filling_ = Batch();
  held_.clear();
  assignment_.clear();
  ++generation_;
  rd_kafka_assign(client_.get(), nullptr);
}

void ConsumerSource::on_error(rd_kafka_t* client, int code, const char*, void* opaque) {
  auto& self = self_of<ConsumerSource>(opaque);
  auto kafka_code = static_cast<rd_kafka_resp_err_t>(code);
  if (kafka_code == RD_KAFKA_RESP_ERR__FATAL) kafka_code = rd_kafka_fatal_error(client, nullptr, 0);
  // One broker of several: the library goes on with the others and says so when none is left.
  if (kafka_code == RD_KAFKA_RESP_ERR__TRANSPORT || kafka_code == RD_KAFKA_RESP_ERR__RESOLVE)
    return;
  self.note_failure(kafka_code);
}

void ConsumerSource::on_commit(rd_kafka_t*, rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = self_of<ConsumerSource>(opaque);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR || partitions == nullptr) return;
  self.assignment_.mark_unsent(*partitions);  // sent again with the next ones
}

}  // namespace lethe::connectors::kafka
