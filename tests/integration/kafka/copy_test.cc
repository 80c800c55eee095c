// SPDX-License-Identifier: Apache-2.0
//
// A copy from topic to topic on a real broker: what must come out as it went in, and where.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "connectors/testing/owned_record.h"
#include "tests/integration/kafka/copier.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::connectors::testing {
namespace {

using lethe::testing::test_kafka;
using std::nullopt;

std::unique_ptr<Copier> copier(const std::string& from, const std::string& to) {
  auto source = kafka::make_source({.client = {.brokers = test_kafka().address()},
                                    .topics = {from},
                                    .group = test_kafka().unique("copy")});
  auto sink = kafka::make_sink({.client = {.brokers = test_kafka().address()}, .topic = to});
  EXPECT_TRUE(source) << source.error().message();
  EXPECT_TRUE(sink) << sink.error().message();
  return std::make_unique<Copier>(std::move(*source), std::move(*sink));
}

void copy_all(const std::string& from, const std::string& to, std::size_t n) {
  const auto copy = copier(from, to);
  const auto done = copy->copy(n);
  ASSERT_TRUE(done) << done.error().message();
  const auto finished = copy->finish();
  ASSERT_TRUE(finished) << finished.error().message();
}

// The value names the record; the rest is compared without place and topic.
std::map<std::string, OwnedRecord> by_note(std::vector<OwnedRecord> records) {
  std::map<std::string, OwnedRecord> all;
  for (OwnedRecord& record : records) {
    const std::string note = *record.headers.at(0).second;
    record.topic.clear();
    record.offset = record.partition = -1;
    all.emplace(note, std::move(record));
  }
  return all;
}

TEST(KafkaCopy, KeepsKeysHeadersTimestampsAndTombstonesByteForByte) {
  const std::string from = test_kafka().create("in", 1), to = test_kafka().create("out", 1);
  const std::string binary("\x00\xff\n{", 4);
  const std::vector<OwnedRecord> records = {
      {"", 0, -1, 1'600'000'000'000, "key", "{\"a\":1}", {{"note", "plain"}}},
      {"", 0, -1, 1, nullopt, "value", {{"note", "keyless"}}},
      {"", 0, -1, 2, "key", nullopt, {{"note", "tombstone"}}},
      {"", 0, -1, 3, "", "", {{"note", "empty"}}},
      {"", 0, -1, 4, binary, binary, {{"note", "binary"}, {"b", binary}}},
      {"",
       0,
       -1,
       5,
       "key",
       "v",
       {{"note", "headers"}, {"x", "1"}, {"x", "2"}, {"none", nullopt}, {"empty", ""}}},
      {"", 0, -1, 6, "key", std::string(200'000, 'v'), {{"note", "large"}}}};
  test_kafka().append(from, records);
  copy_all(from, to, records.size());
  EXPECT_EQ(by_note(test_kafka().read_all(to)), by_note(records));
}

// Hashes of these keys as org.apache.kafka.common.utils.UtilsTest states them.
TEST(KafkaCopy, PutsAKeyedRecordWhereAJavaClientPutsIt) {
  const std::vector<std::pair<std::string, std::int32_t>> hashes = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107}};
  const std::string from = test_kafka().create("in", 1), to = test_kafka().create("out", 7);
  std::vector<OwnedRecord> records;
  std::map<std::string, std::int32_t> expected;
  for (const auto& [key, hash] : hashes) {
    records.push_back({"", 0, -1, 1, key, "v", {}});
    expected[key] = (hash & 0x7fffffff) % 7;
  }
  test_kafka().append(from, records);
  copy_all(from, to, records.size());
  std::map<std::string, std::int32_t> placed;
  for (const OwnedRecord& record : test_kafka().read_all(to))
    placed[*record.key] = record.partition;
  EXPECT_EQ(placed, expected);
}

TEST(KafkaCopy, PutsAKeylessRecordIntoItsSourcePartitionModuloTheTargetsInOrder) {
  const std::string from = test_kafka().create("in", 5), to = test_kafka().create("out", 2);
  std::vector<OwnedRecord> records;
  for (int i = 0; i < 1000; ++i) {
    records.push_back({"", i % 5, -1, 1, nullopt, std::to_string(i), {}});
  }
  test_kafka().append(from, records);
  copy_all(from, to, records.size());
  std::map<std::int32_t, int> last;  // by source partition
  std::size_t n = 0;
  for (const OwnedRecord& record : test_kafka().read_all(to)) {
    const int i = std::stoi(*record.value);
    EXPECT_EQ(record.partition, i % 5 % 2);
    if (last.count(i % 5) != 0) {
      EXPECT_GT(i, last[i % 5]);
    }
    last[i % 5] = i;
    ++n;
  }
  EXPECT_EQ(n, records.size());
}

TEST(KafkaCopy, CommitsExactlyWhatWasConfirmed) {
  const std::string from = test_kafka().create("in", 2), to = test_kafka().create("out", 2);
  std::vector<OwnedRecord> records;
  for (int i = 0; i < 300; ++i) records.push_back({"", i % 3 % 2, -1, 1, "k", "v", {}});
  test_kafka().append(from, records);
  const std::string group = test_kafka().unique("commits");
  Copier copy(
      *kafka::make_source(
          {.client = {.brokers = test_kafka().address()}, .topics = {from}, .group = group}),
      *kafka::make_sink({.client = {.brokers = test_kafka().address()}, .topic = to}));
  ASSERT_TRUE(copy.copy(records.size()));
  ASSERT_TRUE(copy.finish());
  EXPECT_EQ(test_kafka().committed(group, from, 0), 200);
  EXPECT_EQ(test_kafka().committed(group, from, 1), 100);
}

}  // namespace
}  // namespace lethe::connectors::testing
