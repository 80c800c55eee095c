// SPDX-License-Identifier: Apache-2.0
//
// kafka_fill BROKERS TOPIC RECORDS [BYTES] [PEOPLE] [PARTITIONS]: fills a topic with JSON records
// of about BYTES (1024) and 20 members, of PEOPLE (10000) drawn in turn, keyed by person, one
// header each. With PARTITIONS the topic is made anew.

#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

[[noreturn]] void die(const char* what, const char* why) {
  std::fprintf(stderr, "kafka_fill: %s: %s\n", what, why);
  std::exit(1);
}

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  char text[256];
  if (rd_kafka_conf_set(conf, name, value, text, sizeof text) != 0) die(name, text);
}

// Asks for one change of a topic and waits for it; what failed is fine the first time (no such
// topic).
void create(rd_kafka_t* client, const char* topic, int partitions) {
  char text[256];
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
  rd_kafka_DeleteTopic_t* old = rd_kafka_DeleteTopic_new(topic);
  rd_kafka_DeleteTopics(client, &old, 1, nullptr, queue);
  rd_kafka_event_destroy(rd_kafka_queue_poll(queue, 30'000));
  rd_kafka_DeleteTopic_destroy(old);
  for (int tries = 0; tries < 100; ++tries) {
    rd_kafka_NewTopic_t* asked = rd_kafka_NewTopic_new(topic, partitions, -1, text, sizeof text);
    rd_kafka_CreateTopics(client, &asked, 1, nullptr, queue);
    rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 30'000);
    rd_kafka_NewTopic_destroy(asked);
    if (event == nullptr) die("create", "no answer");
    std::size_t n = 0;
    const auto code = rd_kafka_topic_result_error(
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n)[0]);
    rd_kafka_event_destroy(event);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    if (code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) die("create", rd_kafka_err2str(code));
    rd_kafka_poll(client, 100);  // the old one is still being deleted
  }
  rd_kafka_queue_destroy(queue);
}

std::string record_of(int person, long number, std::size_t bytes) {
  std::string json = "{\"userId\":\"person-" + std::to_string(person) +
                     "\",\"number\":" + std::to_string(number) + ",\"password\":\"correct horse " +
                     std::to_string(number % 1000) + "\",\"visa\":\"4111111111111111\"";
  const std::size_t each = bytes > json.size() + 16 * 15 ? (bytes - json.size() - 16 * 15) / 16 : 1;
  for (int i = 0; i < 16; ++i) {
    json += ",\"member" + std::to_string(i) + "\":\"" + std::string(each, 'a') + "\"";
  }
  return json + "}";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) die("usage", "BROKERS TOPIC RECORDS [BYTES] [PEOPLE] [PARTITIONS]");
  const long records = std::atol(argv[3]);
  const std::size_t bytes = argc > 4 ? static_cast<std::size_t>(std::atol(argv[4])) : 1024;
  const int people = argc > 5 ? std::atoi(argv[5]) : 10'000;
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", argv[1]);
  set(conf, "partitioner", "murmur2_random");
  set(conf, "enable.idempotence", "true");
  set(conf, "linger.ms", "50");
  char text[256];
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  if (client == nullptr) die("client", text);
  if (argc > 6) create(client, argv[2], std::atoi(argv[6]));
  for (long i = 0; i < records; ++i) {
    const int person = static_cast<int>(i * 7919 % people);
    const std::string key = std::to_string(person);
    const std::string value = record_of(person, i, bytes);
    for (;;) {
      const auto code = rd_kafka_producev(
          client, RD_KAFKA_V_TOPIC(argv[2]), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
          RD_KAFKA_V_KEY(key.data(), key.size()),
          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
          RD_KAFKA_V_HEADER("trace", "0123456789abcdef", -1), RD_KAFKA_V_END);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) die("produce", rd_kafka_err2str(code));
      rd_kafka_poll(client, 10);
    }
    rd_kafka_poll(client, 0);
  }
  const auto flushed = rd_kafka_flush(client, 120'000);
  if (flushed != RD_KAFKA_RESP_ERR_NO_ERROR) die("flush", rd_kafka_err2str(flushed));
  rd_kafka_destroy(client);
  return 0;
}
