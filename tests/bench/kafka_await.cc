// SPDX-License-Identifier: Apache-2.0
//
// kafka_await BROKERS TOPIC RECORDS: watches the ends of a topic's partitions, which both sides of
// a comparison share as their clock. Prints one line of JSON: the seconds from the first record
// seen there to the last. Asks every 20 ms, so that it costs the broker nothing.

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::minutes{5};

[[noreturn]] void die(const char* what, const char* why) {
  std::fprintf(stderr, "kafka_await: %s: %s\n", what, why);
  std::exit(1);
}

int partitions_of(rd_kafka_t* client, const char* topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic, nullptr);
  const rd_kafka_metadata_t* answer = nullptr;
  const auto code = rd_kafka_metadata(client, 0, handle, &answer, 30'000);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) die("metadata", rd_kafka_err2str(code));
  const int count = answer->topic_cnt == 1 ? answer->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(answer);
  rd_kafka_topic_destroy(handle);
  if (count == 0) die("metadata", "no such topic");
  return count;
}

std::int64_t records_in(rd_kafka_t* client, const char* topic, int partitions) {
  std::int64_t records = 0;
  for (int partition = 0; partition < partitions; ++partition) {
    std::int64_t low = 0, high = 0;
    const auto code =
        rd_kafka_query_watermark_offsets(client, topic, partition, &low, &high, 30'000);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) die("watermarks", rd_kafka_err2str(code));
    records += high;
  }
  return records;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) die("usage", "BROKERS TOPIC RECORDS");
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char text[256];
  if (rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], text, sizeof text) != 0) {
    die("brokers", text);
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
  if (client == nullptr) die("client", text);
  const std::int64_t expected = std::atoll(argv[3]);
  const int partitions = partitions_of(client, argv[2]);
  const auto deadline = Clock::now() + kPatience;
  Clock::time_point first{};
  std::int64_t seen = 0;
  while (seen < expected) {
    if (Clock::now() > deadline) die("gave up", "the records did not come within five minutes");
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    seen = records_in(client, argv[2], partitions);
    if (seen > 0 && first == Clock::time_point{}) first = Clock::now();
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - first).count();
  std::printf("{\"seconds\": %.3f, \"records\": %lld}\n", seconds, static_cast<long long>(seen));
  rd_kafka_destroy(client);
  return 0;
}
