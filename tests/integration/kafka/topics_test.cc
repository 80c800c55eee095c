// SPDX-License-Identifier: Apache-2.0
//
// Topics that are missing, made, named by templates, or that refuse single records.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kDeadline{30};

kafka::SinkOptions sink_options(std::string topic) {
  return {.client = {.brokers = test_kafka().address()}, .topic = std::move(topic)};
}

std::unique_ptr<Source> source_of(const std::string& topic) {
  return *kafka::make_source({.client = {.brokers = test_kafka().address()},
                              .topics = {topic},
                              .group = test_kafka().unique("topics")});
}

OwnedRecord record_in(const std::string& topic, std::optional<std::string> key, std::string value) {
  return {topic, 0, 0, -1, std::move(key), std::move(value), {}};
}

TEST(KafkaTopics, StopsAtAMissingTargetAndNamesTheRemedy) {
  const std::string missing = test_kafka().unique("missing");
  auto sink = *kafka::make_sink(sink_options(missing));
  const auto written = sink->write(batch_of({record_in("in", "k", "v")}, 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(written.error().message(), HasSubstr(missing));
  EXPECT_THAT(written.error().message(), HasSubstr("create_topics: true"));
  EXPECT_EQ(test_kafka().partitions(missing), 0);
}

TEST(KafkaTopics, CreatesAMissingTargetWithThePartitionsOfTheSource) {
  const std::string from = test_kafka().create("in", 3);
  auto options = sink_options("{{record.topic}}.encrypted");
  options.create_topics = true;
  auto sink = *kafka::make_sink(std::move(options));
  const auto written = sink->write(batch_of({record_in(from, "k", "v")}, 1));
  ASSERT_TRUE(written) << written.error().message();
  ASSERT_TRUE(sink->drain(kDeadline));
  EXPECT_EQ(test_kafka().partitions(from + ".encrypted"), 3);
  EXPECT_EQ(test_kafka().read_all(from + ".encrypted").size(), 1u);
}

TEST(KafkaTopics, CreatesAMissingTargetWithThePartitionsItIsTold) {
  auto options = sink_options(test_kafka().unique("made"));
  options.create_topics = true;
  options.partitions = 5;
  const std::string topic = options.topic;
  auto sink = *kafka::make_sink(std::move(options));
  ASSERT_TRUE(sink->write(batch_of({record_in("in", "k", "v")}, 1)));
  EXPECT_EQ(test_kafka().partitions(topic), 5);
}

TEST(KafkaTopics, SaysThatASourceTopicIsMissing) {
  const std::string missing = test_kafka().unique("missing");
  Copier copy(source_of(missing), *kafka::make_sink(sink_options("out")));
  const auto copied = copy.copy(1);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(copied.error().message(), HasSubstr(missing));
}

TEST(KafkaTopics, ReadsTheTopicsThatAPatternNames) {
  const std::string one = test_kafka().create("pattern-x", 1),
                    two = test_kafka().create("pattern-y", 1);
  test_kafka().append(one, {record_in("", "k", "1")});
  test_kafka().append(two, {record_in("", "k", "2")});
  auto options = sink_options("{{record.topic}}.copy");
  options.create_topics = true;
  const std::string rest = one.substr(std::string("pattern-x").size());
  const std::string process = rest.substr(0, rest.find('-', 1));  // topics of this run
  Copier copy(source_of("^pattern-[xy]" + process + "-[0-9]+-[0-9]+$"),
              *kafka::make_sink(std::move(options)));
  const auto copied = copy.copy(2);
  ASSERT_TRUE(copied) << copied.error().message();
  EXPECT_EQ(test_kafka().read_all(one + ".copy").at(0).value, "1");
  EXPECT_EQ(test_kafka().read_all(two + ".copy").at(0).value, "2");
}

TEST(KafkaTopics, WritesDeadLettersToTheirOwnTopicAndAwaitsThem) {
  const std::string to = test_kafka().create("out", 1), dead = test_kafka().create("dead", 1);
  auto options = sink_options(to);
  options.dead_letter_topic = dead;
  auto sink = *kafka::make_sink(std::move(options));
  Batch batch = batch_of({record_in("in", "a", "good"), record_in("in", "b", "bad")}, 1);
  batch.records[1].route = Route::kDeadLetter;
  ASSERT_TRUE(sink->write(std::move(batch)));
  ASSERT_TRUE(sink->drain(kDeadline));
  EXPECT_EQ(sink->durable()->confirmed.size(), 1u);
  EXPECT_EQ(test_kafka().read_all(to).at(0).value, "good");
  EXPECT_EQ(test_kafka().read_all(dead).at(0).key, "b");
}

TEST(KafkaTopics, DeadLettersARecordThatTheClientFindsTooLarge) {
  const std::string to = test_kafka().create("out", 1), dead = test_kafka().create("dead", 1);
  auto options = sink_options(to);
  options.dead_letter_topic = dead;
  auto sink = *kafka::make_sink(std::move(options));
  OwnedRecord large = record_in("in", "large", std::string(1'100'000, 'x'));
  ASSERT_TRUE(sink->write(batch_of({large, record_in("in", "k", "small")}, 1)));
  auto news = sink->durable();
  ASSERT_EQ(news->refused.size(), 1u);
  Refused refused = news->refused[0];
  // As the loop would do: what goes to the dead letters is its decision.
  refused.record->out.value = view("shortened");
  ASSERT_TRUE(sink->settle_refused(refused, Route::kDeadLetter));
  ASSERT_TRUE(sink->drain(kDeadline));
  EXPECT_EQ(sink->durable()->confirmed.size(), 1u);
  EXPECT_EQ(test_kafka().read_all(to).at(0).value, "small");
  EXPECT_EQ(test_kafka().read_all(dead).at(0).value, "shortened");
}

// A compacted topic refuses keyless records, and with one of them the whole request it came in.
TEST(KafkaTopics, FindsTheOneRecordForWhichTheBrokerRefusedAWholeRequest) {
  const std::string from = test_kafka().create("in", 1);
  const std::string to = test_kafka().create("compacted", 1, {{"cleanup.policy", "compact"}});
  const std::string dead = test_kafka().create("dead", 1);
  std::vector<OwnedRecord> records;
  for (int i = 0; i < 500; ++i) {
    const bool culprit = i == 123 || i == 124 || i == 400;
    records.push_back({"",
                       0,
                       -1,
                       1,
                       culprit ? nullopt : std::optional("k" + std::to_string(i)),
                       std::to_string(i),
                       {}});
  }
  test_kafka().append(from, records);
  auto options = sink_options(to);
  options.dead_letter_topic = dead;
  Copier copy(source_of(from), *kafka::make_sink(std::move(options)),
              [](const Refused&) { return Route::kDeadLetter; });
  const auto copied = copy.copy(records.size());
  ASSERT_TRUE(copied) << copied.error().message();
  ASSERT_TRUE(copy.finish());
  EXPECT_GE(copy.recoveries(), 1u);
  std::vector<std::string> refused;
  for (const OwnedRecord& record : test_kafka().read_all(dead)) refused.push_back(*record.value);
  EXPECT_THAT(refused, ElementsAre("123", "124", "400"));
  int last = -1;
  std::size_t n = 0;
  for (const OwnedRecord& record : test_kafka().read_all(to)) {
    EXPECT_GT(std::stoi(*record.value), last);
    last = std::stoi(*record.value);
    ++n;
  }
  EXPECT_EQ(n, 497u);
}

TEST(KafkaTopics, RefusesPropertiesThatAreOursUnknownOrMalformed) {
  const auto made = [](const char* name, const char* value) {
    auto options = sink_options("out");
    options.client.properties = {{name, value}};
    return kafka::make_sink(std::move(options));
  };
  for (const char* ours : {"enable.idempotence", "partitioner", "transactional.id", "acks"}) {
    const auto sink = made(ours, "x");
    ASSERT_FALSE(sink);
    EXPECT_EQ(sink.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(sink.error().message(), HasSubstr(ours));
  }
  EXPECT_THAT(made("no.such", "x").error().message(), HasSubstr("'no.such'"));
  const auto malformed = made("linger.ms", "a-secret");
  EXPECT_THAT(malformed.error().message(), HasSubstr("'linger.ms'"));
  EXPECT_THAT(malformed.error().message(), ::testing::Not(HasSubstr("a-secret")));
}

}  // namespace
}  // namespace lethe::connectors::testing
