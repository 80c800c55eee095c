// SPDX-License-Identifier: Apache-2.0
//
// The key store in a topic: births in batches of 1,000 against a plain producer and consumer that
// append the same texts and read them back, in turns on the same broker; then the time to load all
// of them into a store, and the memory that this takes.
//   keys_kafka BROKERS [ROWS]     (1,000,000 rows by default)
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/kafka/topic_log.h"
#include "kms/crypto/edek.h"
#include "kms/crypto/random.h"
#include "kms/store/kafka_key_store.h"
#include "kms/store/kafka_texts.h"

namespace lethe::kms::store {
namespace {

using connectors::kafka::LogReading;
using connectors::kafka::LogRow;
using connectors::kafka::TopicLog;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 1000;
constexpr std::size_t kRounds = 50;  // of the comparison
constexpr double kBarSeconds = 4.0;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}
void must(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// VmRSS, VmHWM: of this process, in MiB.
double memory(const std::string& what) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with(what + ":")) return std::stod(line.substr(what.size() + 1)) / 1024;
  return 0;
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

EdekRow draw_row() {
  crypto::EdekRecord record;
  record.kek_gen = 1;
  record.tenant = "default";
  record.created_by = "worker-1";
  record.created_at_ms = 1795363200123;
  crypto::random_bytes(record.dek_id);
  crypto::random_bytes(record.subject_hash);
  crypto::random_bytes(record.nonce);
  crypto::random_bytes(record.wrapped);
  EdekRow row;
  row.dek_id.bytes = record.dek_id;
  row.subject.bytes = record.subject_hash;
  row.suite = record.suite;
  row.record = crypto::encode_edek(record);
  return row;
}

std::vector<EdekRow> draw_batch() {
  std::vector<EdekRow> rows;
  for (std::size_t i = 0; i < kBatch; ++i) rows.push_back(draw_row());
  return rows;
}

double time_births(KafkaKeyStore& store, const std::vector<EdekRow>& rows) {
  const auto start = Clock::now();
  for (const Birth& birth : must(store.create_all(rows)))
    if (birth.outcome != Birth::Outcome::kCreated) std::exit(1);
  return seconds_since(start);
}

double time_plain(TopicLog& log, connectors::kafka::LogReader& reader,
                  const std::vector<EdekRow>& rows) {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const EdekRow& row : rows) texts.emplace_back(must(edek_key(row)), edek_value(row));
  std::vector<LogRow> log_rows;
  for (const auto& [key, value] : texts) log_rows.push_back({key, value});
  const auto start = Clock::now();
  const auto offsets = must(log.writer().append(log_rows));
  while (reader.position(0) <= offsets.back())
    must(reader.read(std::chrono::milliseconds(100), [](const auto&) {}));
  return seconds_since(start);
}

std::string topic_name(const std::string& what) {
  return what + "-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
}

void compare(KafkaKeyStore& store, const std::string& brokers) {
  connectors::kafka::LogOptions options;
  options.client.brokers = brokers;
  options.topic = topic_name("bench-plain");
  const auto log = must(TopicLog::make(options));
  must(log->create({}));
  const auto reader = must(log->read_all(1));
  std::vector<double> births;
  std::vector<double> plain;
  for (std::size_t i = 0; i < kRounds; ++i) {
    const auto rows = draw_batch();
    plain.push_back(time_plain(*log, *reader, rows));
    births.push_back(time_births(store, rows));
  }
  const auto median = [](std::vector<double>& times) {
    std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
    return times[kRounds / 2];
  };
  const double of_births = median(births);
  const double of_plain = median(plain);
  std::printf("births of 1,000     %8.2f ms  %8.0f keys/s\n", of_births * 1e3, kBatch / of_births);
  std::printf("plain, read back    %8.2f ms  %8.0f rows/s  (births take %.2f times as long)\n",
              of_plain * 1e3, kBatch / of_plain, of_births / of_plain);
}

int run(const std::string& brokers, std::size_t rows) {
  KafkaKeyStore::Options options;
  options.client.brokers = brokers;
  options.topic = topic_name("bench-keys");
  options.create = true;
  {
    const auto store = must(KafkaKeyStore::make(options));
    compare(*store, brokers);
    const auto start = Clock::now();
    for (std::size_t n = kBatch * kRounds; n < rows; n += kBatch)
      must(store->create_all(draw_batch()));
    std::printf("filled with %zu rows in %.1f s\n", rows, seconds_since(start));
  }
  // A process of its own, so that its memory is that of a store that has just been loaded.
  std::fflush(stdout);
  ::execl("/proc/self/exe", "keys_kafka", brokers.c_str(), "load", options.topic.c_str(), nullptr);
  return 1;
}

int load(const std::string& brokers, const std::string& topic) {
  const double before = memory("VmRSS");
  const double processor_before = processor_seconds();
  KafkaKeyStore::Options options;
  options.client.brokers = brokers;
  options.topic = topic;
  const auto start = Clock::now();
  const auto store = must(KafkaKeyStore::make(options));
  const double taken = seconds_since(start);
  std::printf("ready after         %8.2f s   (bar %.1f s; processor time %.2f s)\n", taken,
              kBarSeconds, processor_seconds() - processor_before);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  std::printf("memory              %8.1f MiB before, %.1f after, %.1f at most\n", before,
              memory("VmRSS"), memory("VmHWM"));
  const auto scanning = Clock::now();
  std::optional<ScanPosition> after;
  std::size_t n = 0;
  for (;;) {
    const auto page = must(store->scan(after, 1000));
    n += page.size();
    if (page.size() < 1000) break;
    after = ScanPosition{page.back().subject, page.back().dek_id};
  }
  std::printf("scanned %zu rows in %.2f s\n", n, seconds_since(scanning));
  return taken <= kBarSeconds ? 0 : 1;
}

}  // namespace
}  // namespace lethe::kms::store

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[1] == "load")
    return lethe::kms::store::load(arguments[0], arguments[2]);
  if (arguments.empty() || arguments.size() > 2) return 2;
  return lethe::kms::store::run(arguments[0],
                                arguments.size() == 2 ? std::stoul(arguments[1]) : 1'000'000);
}
