// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/group_cursor.h"

#include <utility>

#include "connectors/kafka/errors.h"
#include "connectors/kafka/handles.h"

namespace lethe::connectors::kafka {
namespace {

constexpr int kAnswerMs = 5'000;

const RoleProperties& member_properties() {
  static const RoleProperties properties{{{"client.id", "lethe"},
                                          {"topic.metadata.refresh.interval.ms", "10000"},
                                          {"queued.max.messages.kbytes", "1024"}},
                                         {{"enable.auto.commit", "false"},
                                          {"enable.auto.offset.store", "false"},
                                          {"partition.assignment.strategy", "range,roundrobin"},
                                          {"enable.partition.eof", "false"},
                                          {"allow.auto.create.topics", "false"}}};
  return properties;
}

class GroupCursor final : public SharedCursor {
 public:
  static Result<std::unique_ptr<SharedCursor>> make(GroupCursorOptions options);
  ~GroupCursor() override { static_cast<void>(close()); }

  Result<std::optional<std::uint64_t>> held() override;
  Result<void> move(std::uint64_t position) override;
  Result<void> close() override;

 private:
  explicit GroupCursor(GroupCursorOptions options) : options_(std::move(options)) {}
  Result<void> subscribe();
  Result<void> poll();
  Result<std::uint64_t> committed();
  PartitionList partition(std::int64_t offset) const;

  static void set_callbacks(rd_kafka_conf_t* conf);
  static void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* partitions, void* opaque);
  void take(rd_kafka_topic_partition_list_t* partitions);

  const GroupCursorOptions options_;
  Client client_;
  bool is_ours_ = false;
  std::optional<std::uint64_t> position_;
};

Result<std::unique_ptr<SharedCursor>> GroupCursor::make(GroupCursorOptions options) {
  std::unique_ptr<GroupCursor> cursor(new GroupCursor(std::move(options)));
  LETHE_TRY(cursor->subscribe());
  return std::unique_ptr<SharedCursor>(std::move(cursor));
}

Result<void> GroupCursor::subscribe() {
  RoleProperties role = member_properties();
  role.ours.emplace_back("group.id", options_.group);
  client_ = LETHE_TRY(make_client(RD_KAFKA_CONSUMER, options_.client, role, this, set_callbacks));
  rd_kafka_poll_set_consumer(client_.get());
  const auto code = rd_kafka_subscribe(client_.get(), partition(0).get());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error("subscribe to " + options_.topic, code);
}

PartitionList GroupCursor::partition(std::int64_t offset) const {
  PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), 0)->offset = offset;
  return list;
}

void GroupCursor::set_callbacks(rd_kafka_conf_t* conf) {
  rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
}

void GroupCursor::on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = self_of<GroupCursor>(opaque);
  self.is_ours_ = false;
  self.position_.reset();
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    self.take(partitions);
  else
    rd_kafka_assign(client, nullptr);
}

void GroupCursor::take(rd_kafka_topic_partition_list_t* partitions) {
  for (int i = 0; i < partitions->cnt; ++i) {
    rd_kafka_topic_partition_t& one = partitions->elems[i];
    is_ours_ = is_ours_ || one.partition == 0;
    one.offset = RD_KAFKA_OFFSET_END;  // the committed one is no place in the topic
  }
  rd_kafka_assign(client_.get(), partitions);
  // Refused only for partitions that are no longer ours.
  static_cast<void>(rd_kafka_pause_partitions(client_.get(), partitions));
}

Result<void> GroupCursor::poll() {
  const Message message(rd_kafka_consumer_poll(client_.get(), 0));
  if (message == nullptr) return {};
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:  // came before the pause
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:  // a rebalance follows
    case RD_KAFKA_RESP_ERR__TRANSPORT:          // one broker of several
      return {};
    default:
      return kafka_error("be a member of group " + options_.group, message->err);
  }
}

Result<std::optional<std::uint64_t>> GroupCursor::held() {
  if (client_ == nullptr) return internal("a group cursor was asked after its close");
  LETHE_TRY(poll());
  if (!is_ours_) return std::optional<std::uint64_t>();
  if (!position_) position_ = LETHE_TRY(committed());
  return position_;
}

Result<std::uint64_t> GroupCursor::committed() {
  const PartitionList list = partition(RD_KAFKA_OFFSET_INVALID);
  const auto code = rd_kafka_committed(client_.get(), list.get(), kAnswerMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return kafka_error("read the position of group " + options_.group, code);
  const std::int64_t offset = list->elems[0].offset;
  return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
}

Result<void> GroupCursor::move(std::uint64_t position) {
  if (!is_ours_ || client_ == nullptr)
    return transient("the position of group " + options_.group + " is another worker's by now");
  const PartitionList list = partition(static_cast<std::int64_t>(position));
  const auto code = rd_kafka_commit(client_.get(), list.get(), 0);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    position_ = position;
    return {};
  }
  position_.reset();
  return transient("cannot move the position of group " + options_.group + " (" +
                   std::string(name_of(code)) + ")");
}

Result<void> GroupCursor::close() {
  if (client_ == nullptr) return {};
  const auto code = rd_kafka_consumer_close(client_.get());
  client_.reset();
  is_ours_ = false;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka_error("leave group " + options_.group, code);
}

}  // namespace

Result<std::unique_ptr<SharedCursor>> make_group_cursor(GroupCursorOptions options) {
  return GroupCursor::make(std::move(options));
}

}  // namespace lethe::connectors::kafka
