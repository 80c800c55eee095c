// SPDX-License-Identifier: Apache-2.0
#include "worker/config/pipeline_config.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(PipelineConfig, ReadsAKafkaPipelineInFull) {
  const PipelineConfig config = load(R"(
pipeline: customers-encrypt
dataset: customers
source:
  kafka:
    brokers: localhost:9092
    topics: [customers, orders]
    group: mine
    client: { security.protocol: SSL, fetch.max.bytes: 1000000 }
transforms:
  - encrypt:
      subject: "{{record.value.userId}}"
      fields: [password, visa, address.street, "contacts[*].email"]
    unless: tombstone
    on_error: { bad_record: drop }
sink:
  kafka:
    topic: "{{record.topic}}.encrypted"
    create_topics: true
    partitions: 6
    replication: 3
    client: { compression.type: lz4 }
delivery: at_least_once
tasks: 2
on_error: { bad_record: dead_letter, blocked: drop }
dead_letter: { kafka: { topic: customers.dlq }, payload: original }
max_in_flight: 16MiB
drain_deadline: 10s
)");
  EXPECT_EQ(config.name, "customers-encrypt");
  EXPECT_EQ(config.dataset, "customers");
  const auto& source = std::get<KafkaSource>(config.source);
  EXPECT_EQ(source.brokers, "localhost:9092");
  EXPECT_THAT(source.topics, ElementsAre("customers", "orders"));
  EXPECT_EQ(source.group, "mine");
  EXPECT_THAT(source.client,
              ElementsAre(Pair("security.protocol", "SSL"), Pair("fetch.max.bytes", "1000000")));
  ASSERT_EQ(config.transforms.size(), 1U);
  const TransformConfig& encrypt = config.transforms[0];
  EXPECT_EQ(encrypt.plugin, "encrypt");
  EXPECT_EQ(encrypt.options.find("fields")->size(), 4U);
  EXPECT_EQ(encrypt.unless->plugin, "tombstone");
  EXPECT_FALSE(encrypt.when);
  EXPECT_EQ(encrypt.on_error.bad_record, Policy::kDrop);
  EXPECT_EQ(encrypt.topic_pattern, "");
  const auto& sink = std::get<KafkaSink>(config.sink);
  EXPECT_EQ(sink.brokers, "localhost:9092");
  EXPECT_EQ(sink.topic, "{{record.topic}}.encrypted");
  EXPECT_TRUE(sink.create_topics);
  EXPECT_EQ(sink.partitions, 6);
  EXPECT_EQ(sink.replication, 3);
  EXPECT_THAT(sink.client, ElementsAre(Pair("compression.type", "lz4")));
  EXPECT_EQ(config.tasks, 2U);
  EXPECT_EQ(config.on_error.blocked, Policy::kDrop);
  const auto& dead_letter = std::get<DeadLetter::Kafka>(config.dead_letter->place);
  EXPECT_EQ(dead_letter.topic, "customers.dlq");
  EXPECT_EQ(dead_letter.brokers, "localhost:9092");
  EXPECT_TRUE(config.dead_letter->original);
  EXPECT_EQ(config.max_in_flight, 16U << 20);
  EXPECT_EQ(config.drain_deadline, std::chrono::seconds(10));
}

TEST(PipelineConfig, FillsInDefaults) {
  const PipelineConfig config =
      load("pipeline: p\nsource: {kafka: {brokers: b, topics: t}}\nsink: stdio\n");
  EXPECT_EQ(config.dataset, "p");
  EXPECT_EQ(std::get<KafkaSource>(config.source).group, "lethe-p");
  EXPECT_THAT(std::get<KafkaSource>(config.source).topics, ElementsAre("t"));
  EXPECT_THAT(config.transforms, IsEmpty());
  EXPECT_EQ(config.tasks, 1U);
  EXPECT_EQ(config.delivery, Delivery::kAtLeastOnce);
  EXPECT_EQ(config.max_in_flight, 64U << 20);
  EXPECT_EQ(config.drain_deadline, std::chrono::seconds(30));
  EXPECT_FALSE(config.dead_letter);
  EXPECT_FALSE(std::get<StdioSink>(config.sink).envelope);
}

TEST(PipelineConfig, DeadLettersAreSealedUnlessSpelledOut) {
  const PipelineConfig config = load(
      "pipeline: p\nsource: stdio\nsink: stdio\non_error: {bad_record: dead_letter}\n"
      "dead_letter: {file: dead.jsonl}\n");
  EXPECT_FALSE(config.dead_letter->original);
  EXPECT_EQ(std::get<DeadLetter::File>(config.dead_letter->place).path, "dead.jsonl");
}

TEST(PipelineConfig, ATopicPatternIsAnchoredAtItsBeginning) {
  const auto pattern = [](const char* given) {
    const PipelineConfig config = load(std::string("pipeline: p\nsource: {kafka: {brokers: b, "
                                                   "topics_pattern: '") +
                                       given + "'}}\nsink: stdio\n");
    return std::get<KafkaSource>(config.source).topics_pattern;
  };
  EXPECT_EQ(pattern("^crm\\..*"), "^crm\\..*");
  EXPECT_EQ(pattern("crm\\..*"), "^crm\\..*");
}

TEST(PipelineConfig, FilesHaveShortAndLongForms) {
  const PipelineConfig brief = load("pipeline: p\nsource: {file: a}\nsink: {file: b}\n");
  EXPECT_EQ(std::get<FileSource>(brief.source).path, "a");
  EXPECT_FALSE(std::get<FileSource>(brief.source).follow);
  EXPECT_FALSE(std::get<FileSink>(brief.sink).append);
  const PipelineConfig full = load(
      "pipeline: p\nsource: {file: {path: a, follow: true, key_field: id}}\n"
      "sink: {file: {path: b, envelope: true}}\ndead_letter: {file: {path: c}}\n");
  EXPECT_TRUE(std::get<FileSource>(full.source).follow);
  EXPECT_EQ(std::get<FileSource>(full.source).key_field, "id");
  EXPECT_TRUE(std::get<FileSink>(full.sink).append);
  EXPECT_TRUE(std::get<FileSink>(full.sink).envelope);
  EXPECT_EQ(std::get<DeadLetter::File>(full.dead_letter->place).path, "c");
}

TEST(PipelineConfig, AFileIsReplacedOnlyWhereTheSourceEnds) {
  const auto appends = [](const std::string& source, const std::string& sink) {
    const PipelineConfig config =
        load("pipeline: p\nsource: " + source + "\nsink: {file: " + sink + "}\n");
    return std::get<FileSink>(config.sink).append;
  };
  EXPECT_TRUE(appends("{kafka: {brokers: b, topics: t}}", "o"));
  EXPECT_FALSE(appends("stdio", "o"));
  EXPECT_TRUE(appends("stdio", "{path: o, append: true}"));
  EXPECT_TRUE(appends("{stdio: {}}", "{path: o, follow: true}"));
}

TEST(PipelineConfig, StdioHasOptionsToo) {
  const PipelineConfig config =
      load("pipeline: p\nsource: {stdio: {key_field: id}}\nsink: {stdio: {envelope: true}}\n");
  EXPECT_EQ(std::get<StdioSource>(config.source).key_field, "id");
  EXPECT_TRUE(std::get<StdioSink>(config.sink).envelope);
  EXPECT_EQ(
      std::get<StdioSource>(load("pipeline: p\nsource: {stdio: }\nsink: stdio\n").source).key_field,
      "");
}

TEST(PipelineConfig, ReferencesWorkInAnyText) {
  ::setenv("LETHE_TEST_TOPIC", "people", 1);
  const char* text =
      "pipeline: p\nsource: {kafka: {brokers: '${LETHE_TEST_TOPIC}:1', topics: "
      "['${LETHE_TEST_TOPIC}']}}\nsink: stdio\n";
  const PipelineConfig resolved = load(text, References::kResolve);
  EXPECT_THAT(std::get<KafkaSource>(resolved.source).topics, ElementsAre("people"));
  EXPECT_EQ(std::get<KafkaSource>(resolved.source).brokers, "people:1");
  const PipelineConfig kept = load(text, References::kKeep);
  EXPECT_THAT(std::get<KafkaSource>(kept.source).topics, ElementsAre("${LETHE_TEST_TOPIC}"));
}

TEST(PipelineConfig, KnowsPlacesForLaterComplaints) {
  const PipelineConfig config =
      load("pipeline: p\nsource: stdio\nsink:\n  kafka: {brokers: b, topic: t}\n");
  EXPECT_EQ(to_string(locate(config.tree, "sink.kafka.topic").node->place()), "p.yaml:4:30");
}

TEST(ErrorPolicy, ATransformsWordComesBeforeThePipelines) {
  OnError transform;
  OnError pipeline;
  EXPECT_EQ(resolve(ErrorKind::kBadRecord, transform, pipeline), Policy::kStop);
  pipeline.bad_record = Policy::kDeadLetter;
  EXPECT_EQ(resolve(ErrorKind::kBadRecord, transform, pipeline), Policy::kDeadLetter);
  transform.bad_record = Policy::kDrop;
  EXPECT_EQ(resolve(ErrorKind::kBadRecord, transform, pipeline), Policy::kDrop);
}

TEST(ErrorPolicy, AnUnknownKeyIsTreatedLikeABadRecordUnlessNamed) {
  OnError transform;
  OnError pipeline;
  pipeline.bad_record = Policy::kDrop;
  EXPECT_EQ(resolve(ErrorKind::kUnknownKey, transform, pipeline), Policy::kDrop);
  transform.bad_record = Policy::kPass;
  EXPECT_EQ(resolve(ErrorKind::kUnknownKey, transform, pipeline), Policy::kPass);
  pipeline.unknown_key = Policy::kDeadLetter;
  EXPECT_EQ(resolve(ErrorKind::kUnknownKey, transform, pipeline), Policy::kDeadLetter);
}

TEST(ErrorPolicy, OtherKindsDoNotFollowBadRecord) {
  OnError all;
  all.bad_record = Policy::kDrop;
  for (const ErrorKind kind : {ErrorKind::kShredded, ErrorKind::kBlocked, ErrorKind::kTransient,
                               ErrorKind::kBadConfig, ErrorKind::kInternal})
    EXPECT_EQ(resolve(kind, all, all), Policy::kStop);
}

}  // namespace
}  // namespace lethe::worker::config
