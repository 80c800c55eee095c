// SPDX-License-Identifier: Apache-2.0
//
// kafka_copy_baseline BROKERS FROM TO RECORDS GROUP: the plainest copy that promises what the
// worker promises: one consumer polled message by message, one idempotent producer given key,
// headers, timestamp and the same partition, offsets stored when the delivery is reported. Same
// client settings as connectors/kafka. Prints one line of JSON.

#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/bench/stopwatch.h"

namespace {

[[noreturn]] void die(const char* what, const char* why) {
  std::fprintf(stderr, "kafka_copy_baseline: %s: %s\n", what, why);
  std::exit(1);
}

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  char text[256];
  if (rd_kafka_conf_set(conf, name, value, text, sizeof text) != 0) die(name, text);
}

rd_kafka_t* make(rd_kafka_type_t type, rd_kafka_conf_t* conf, const char* brokers) {
  set(conf, "bootstrap.servers", brokers);
  char text[256];
  rd_kafka_t* client = rd_kafka_new(type, conf, text, sizeof text);
  if (client == nullptr) die("client", text);
  return client;
}

long delivered = 0;

// The message that was copied comes back with its delivery: its offset may now be stored.
void on_delivery(rd_kafka_t*, const rd_kafka_message_t* report, void*) {
  auto* original = static_cast<rd_kafka_message_t*>(report->_private);
  if (report->err != RD_KAFKA_RESP_ERR_NO_ERROR) die("delivery", rd_kafka_err2str(report->err));
  const auto code = rd_kafka_offset_store(original->rkt, original->partition, original->offset);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) die("store", rd_kafka_err2str(code));
  rd_kafka_message_destroy(original);
  ++delivered;
}

void copy(rd_kafka_t* producer, rd_kafka_topic_t* to, rd_kafka_message_t* message) {
  rd_kafka_timestamp_type_t type;
  const std::int64_t timestamp = rd_kafka_message_timestamp(message, &type);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    headers = rd_kafka_headers_copy(headers);
  } else {
    headers = rd_kafka_headers_new(0);
  }
  for (;;) {
    const auto code = rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(to), RD_KAFKA_V_PARTITION(message->partition),
        RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_KEY(message->key, message->key_len),
        RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_TIMESTAMP(timestamp),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(message), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) die("produce", rd_kafka_err2str(code));
    rd_kafka_poll(producer, 10);
  }
}

rd_kafka_t* make_consumer(const char* brokers, const char* group, const char* topic) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "group.id", group);
  set(conf, "auto.offset.reset", "earliest");
  set(conf, "isolation.level", "read_committed");
  set(conf, "enable.auto.offset.store", "false");
  set(conf, "auto.commit.interval.ms", "1000");
  set(conf, "queued.min.messages", "1000000");
  set(conf, "queued.max.messages.kbytes", "131072");
  rd_kafka_t* consumer = make(RD_KAFKA_CONSUMER, conf, brokers);
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
  const auto code = rd_kafka_subscribe(consumer, topics);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) die("subscribe", rd_kafka_err2str(code));
  rd_kafka_topic_partition_list_destroy(topics);
  return consumer;
}

rd_kafka_t* make_producer(const char* brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "enable.idempotence", "true");
  set(conf, "partitioner", "murmur2_random");
  set(conf, "queue.buffering.max.messages", "4000000");
  set(conf, "queue.buffering.max.kbytes", "65536");  // what the loop lets be in flight
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  return make(RD_KAFKA_PRODUCER, conf, brokers);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) die("usage", "BROKERS FROM TO RECORDS GROUP");
  const long records = std::atol(argv[4]);
  rd_kafka_t* consumer = make_consumer(argv[1], argv[5], argv[2]);
  rd_kafka_t* producer = make_producer(argv[1]);
  rd_kafka_topic_t* to = rd_kafka_topic_new(producer, argv[3], nullptr);
  const lethe::bench::Stopwatch stopwatch;
  for (long copied = 0; copied < records;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 100);
    if (message == nullptr) {
      rd_kafka_poll(producer, 0);
      continue;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) die("poll", rd_kafka_message_errstr(message));
    copy(producer, to, message);
    if (++copied % 500 == 0) rd_kafka_poll(producer, 0);
  }
  while (delivered < records) rd_kafka_poll(producer, 100);
  stopwatch.print(records);
  rd_kafka_topic_destroy(to);
  rd_kafka_destroy(producer);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return 0;
}
