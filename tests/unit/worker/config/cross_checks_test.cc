// SPDX-License-Identifier: Apache-2.0
#include "worker/config/cross_checks.h"

#include "tests/unit/worker/config/config_text.h"
#include "worker/config/patterns.h"

namespace lethe::worker::config {
namespace {

using testing::IsEmpty;

TEST(CrossChecks, FindLoopsThroughTopics) {
  expect_complaints({
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [s, t]}}\nsink: {kafka: {topic: t}}\n",
       "3:23: error: the sink writes to a topic that the source reads: an endless loop"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [t]}}\n"
       "sink: {kafka: {topic: '{{ record.topic }}'}}\n",
       "3:23: error: the sink writes to a topic that the source reads"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [t, t.x]}}\n"
       "sink: {kafka: {topic: '{{record.topic}}.x'}}\n",
       "3:23: error: the sink writes to a topic that the source reads"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: '^crm\\..*'}}\n"
       "sink: {kafka: {topic: '{{record.topic}}.x'}}\n",
       "3:23: error: the sink writes to a topic that the source reads"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: '^crm\\..*$'}}\n"
       "sink: {kafka: {topic: crm.out}}\n",
       "3:23: error: the sink writes to a topic that the source reads"},
  });
}

TEST(CrossChecks, OtherClustersAndTopicsAreNoLoop) {
  for (const char* text : {
           "pipeline: p\nsource: {kafka: {brokers: 'a:1', topics: [t]}}\n"
           "sink: {kafka: {brokers: 'b:1', topic: t}}\n",
           "pipeline: p\nsource: {kafka: {brokers: b, topics: [t]}}\n"
           "sink: {kafka: {topic: '{{record.topic}}.x'}}\n",
           "pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: '^crm\\.[a-z]*$'}}\n"
           "sink: {kafka: {topic: '{{record.topic}}.x'}}\n",
           "pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: '^crm\\.'}}\n"
           "sink: {kafka: {topic: 'out.{{record.topic}}'}}\n",
       })
    EXPECT_THAT(lint(text), IsEmpty()) << text;
}

TEST(CrossChecks, ABrokerInCommonMeansOneCluster) {
  EXPECT_TRUE(same_cluster("a:1, b:1", "c:1,b:1"));
  EXPECT_FALSE(same_cluster("a:1,b:1", "a:2"));
  EXPECT_FALSE(same_cluster("", ""));
  EXPECT_FALSE(same_cluster(",", ","));
}

TEST(CrossChecks, DeadLettersHaveATopicOfTheirOwn) {
  expect_complaints({
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [t]}}\nsink: {kafka: {topic: u}}\n"
       "dead_letter: {kafka: {topic: t}}\n",
       "4:30: error: the dead-letter topic is also a topic of the source"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: '^t.*'}}\nsink: stdio\n"
       "dead_letter: {kafka: {topic: t.dlq}}\n",
       "4:30: error: the dead-letter topic is also a topic of the source"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [t]}}\n"
       "sink: {kafka: {topic: '{{record.topic}}.x'}}\ndead_letter: {kafka: {topic: t.x}}\n",
       "4:30: error: the dead-letter topic is also the topic of the sink"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b, topic: u}}\n"
       "dead_letter: {kafka: {topic: u}}\n",
       "4:30: error: the dead-letter topic is also the topic of the sink"},
  });
}

TEST(CrossChecks, APolicyNeedsItsPlace) {
  expect_complaints({
      {"pipeline: p\nsource: stdio\nsink: stdio\non_error: {blocked: dead_letter}\n",
       "4:11: error: 'dead_letter' needs a place: add"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n  - decrypt: {}\n"
       "    on_error: {shredded: dead_letter}\n",
       "5:5: error: 'dead_letter' needs a place: add"},
  });
}

TEST(CrossChecks, NothingPassesEncryptInClear) {
  expect_complaints({
      {"pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n"
       "  - encrypt: {subject: s, fields: [a]}\n    on_error: {bad_record: pass}\n",
       "6:5: error: 'encrypt' cannot pass records on that it failed to encrypt"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n"
       "  - encrypt: {subject: s, fields: [a]}\non_error: {blocked: drop, bad_record: pass, "
       "unknown_key: stop}\n",
       "6:39: error: 'pass' cannot hold for 'encrypt'"},
  });
  EXPECT_THAT(lint("pipeline: p\nsource: stdio\nsink: stdio\ntransforms:\n"
                   "  - encrypt: {subject: s, fields: [a]}\n"
                   "    on_error: {bad_record: stop}\non_error: {bad_record: pass}\n"),
              IsEmpty());
  EXPECT_THAT(lint("pipeline: p\nsource: stdio\nsink: stdio\ntransforms: [decrypt]\n"
                   "on_error: {bad_record: pass}\n"),
              IsEmpty());
}

TEST(CrossChecks, AFileIsNotReadAndWrittenAtOnce) {
  expect_complaints({
      {"pipeline: p\nsource: {file: a.jsonl}\nsink: {file: ./a.jsonl}\n",
       "3:14: error: the sink writes the file that the source reads"},
      {"pipeline: p\nsource: {file: a}\nsink: {file: {path: x/../a}}\n",
       "3:21: error: the sink writes the file that the source reads"},
      {"pipeline: p\nsource: {file: a}\nsink: {file: b}\ndead_letter: {file: b}\n",
       "4:21: error: dead letters go to a file that the source reads or the sink writes"},
      {"pipeline: p\nsource: {file: a}\nsink: stdio\ndead_letter: {file: {path: a}}\n",
       "4:28: error: dead letters go to a file"},
  });
}

TEST(CrossChecks, TopicsHaveNamesThatKafkaTakes) {
  expect_complaints({
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [a, '^t.*']}}\nsink: stdio\n",
       "2:42: error: 'source.kafka.topics[1]' is no name of a topic"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: 'a b'}}\nsink: stdio\n",
       "2:38: error: 'source.kafka.topics' is no name of a topic"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b, topic: 'a b'}}\n",
       "3:35: error: 'sink.kafka.topic' is no name of a topic"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b, topic: '{{record.value.x}}'}}\n",
       "3:35: error: 'sink.kafka.topic' may hold {{record.topic}} and no other template"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b, topic: '{{record.topic'}}\n",
       "3:35: error: 'sink.kafka.topic' may hold {{record.topic}} and no other template"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b, topic: t}}\n"
       "dead_letter: {kafka: {topic: ..}}\n",
       "4:30: error: 'dead_letter.kafka.topic' is no name of a topic"},
  });
}

TEST(Patterns, RenderTopicTemplates) {
  EXPECT_EQ(render_topic("{{record.topic}}.x-{{ record.topic }}", "t"), "t.x-t");
  EXPECT_EQ(render_topic("plain", "t"), "plain");
  EXPECT_TRUE(is_topic_template("{{record.topic}}.x"));
  EXPECT_FALSE(is_topic_template("{{record.topic}}.{{record.key}}"));
}

TEST(Patterns, AreSearchedOrMatchedAsAWhole) {
  EXPECT_TRUE(subscribes("^crm", "crm.a"));
  EXPECT_FALSE(subscribes("^crm", "x.crm"));
  EXPECT_FALSE(subscribes("", "x"));
  EXPECT_TRUE(matches_whole("cust.*", "customers"));
  EXPECT_FALSE(matches_whole("cust", "customers"));
  EXPECT_FALSE(is_topic_pattern("("));
  EXPECT_FALSE(matches_whole("(", "("));
  EXPECT_FALSE(is_topic_pattern(std::string(5000, 'a')));
}

}  // namespace
}  // namespace lethe::worker::config
