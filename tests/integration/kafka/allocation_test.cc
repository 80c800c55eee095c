// SPDX-License-Identifier: Apache-2.0
//
// From topic to topic, with keys and headers: what our code allocates belongs to batches, not
// records.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "connectors/testing/owned_record.h"
#include "tests/support/allocations.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::connectors::testing {
namespace {

using lethe::testing::allocations;
using lethe::testing::test_kafka;

struct NoRebalance final : RebalanceListener {
  Result<void> release(std::span<const Position>, bool) override { return {}; }
};

TEST(KafkaAllocations, AreAFewPerBatchWhateverTheNumberOfRecords) {
  constexpr std::size_t kRecords = 50'000;
  const std::string from = test_kafka().create("in", 2), to = test_kafka().create("out", 2);
  std::vector<OwnedRecord> records;
  for (std::size_t i = 0; i < kRecords; ++i) {
    records.push_back(
        {"", static_cast<std::int32_t>(i % 2), -1, 1, "key", "value", {{"trace", "0123456789"}}});
  }
  test_kafka().append(from, records);
  auto source = *kafka::make_source({.client = {.brokers = test_kafka().address()},
                                     .topics = {from},
                                     .group = test_kafka().unique("allocations")});
  auto sink = *kafka::make_sink({.client = {.brokers = test_kafka().address()}, .topic = to});
  NoRebalance listener;
  std::size_t batches = 0, read = 0, before = 0;
  while (read < kRecords) {
    if (batches == 3) before = allocations.load();
    Batch batch = *source->read({}, listener);
    if (batch.empty()) continue;
    read += batch.records.size();
    ++batches;
    ASSERT_TRUE(sink->write(std::move(batch)));
    const Durable news = *sink->durable();
    for (const Checkpoint& checkpoint : news.confirmed) {
      ASSERT_TRUE(source->commit(checkpoint));
    }
  }
  EXPECT_LT(allocations.load() - before, 40 * batches);
  EXPECT_GT(read, 200 * batches) << "batches are too small to tell";
  ASSERT_TRUE(sink->drain(std::chrono::seconds(30)));
}

}  // namespace
}  // namespace lethe::connectors::testing
