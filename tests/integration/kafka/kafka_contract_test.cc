// SPDX-License-Identifier: Apache-2.0
//
// The Kafka connector keeps the contract of Source and Sink on a real broker.

#include <gtest/gtest.h>

#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "tests/contract/source_sink/sink_contract.h"
#include "tests/contract/source_sink/source_contract.h"
#include "tests/support/kafka_fixture.h"

namespace lethe::connectors::testing {
namespace {

struct KafkaSourceHarness {
  static constexpr bool kEnds = false;
  static constexpr bool kSeeks = true;
  static constexpr bool kRemembers = true;

  void feed(const std::vector<std::string>& values) {
    std::vector<OwnedRecord> records;
    for (const std::string& value : values) records.push_back({"", 0, -1, 1, "k", value, {}});
    lethe::testing::test_kafka().append(topic, records);
  }
  std::unique_ptr<Source> open() {
    auto source = kafka::make_source({.client = {.brokers = lethe::testing::test_kafka().address()},
                                      .topics = {topic},
                                      .group = group});
    EXPECT_TRUE(source) << source.error().message();
    return std::move(source).value();
  }
  std::string topic = lethe::testing::test_kafka().create("source-contract", 1);
  std::string group = lethe::testing::test_kafka().unique("group");
};

struct KafkaSinkHarness {
  static constexpr bool kTakesBack = false;

  std::unique_ptr<Sink> open() {
    auto sink = kafka::make_sink({.client = {.brokers = lethe::testing::test_kafka().address(),
                                             .properties = {{"message.max.bytes", "100000"}}},
                                  .topic = topic});
    EXPECT_TRUE(sink) << sink.error().message();
    return std::move(sink).value();
  }
  std::vector<std::string> values() const {
    std::vector<std::string> all;
    for (const OwnedRecord& record : lethe::testing::test_kafka().read_all(topic))
      all.push_back(*record.value);
    return all;
  }
  OwnedRecord refused() const { return {"in", 0, 9, 1, "k", std::string(200'000, 'x'), {}}; }
  std::string topic = lethe::testing::test_kafka().create("sink-contract", 1);
};

INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, SourceContract, KafkaSourceHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, SinkContract, KafkaSinkHarness);

}  // namespace
}  // namespace lethe::connectors::testing
