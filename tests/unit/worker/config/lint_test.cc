// SPDX-License-Identifier: Apache-2.0
#include "worker/config/lint.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Lint, AGoodFileHasNoComplaints) {
  EXPECT_THAT(lint("pipeline: p\nsource: stdio\nsink: stdio\n"), IsEmpty());
}

TEST(Lint, FindsUnknownKeysAndSuggestsTheRightOne) {
  expect_complaints({
      {"pipelin: p\npipeline: p\nsource: stdio\nsink: stdio\n",
       "1:1: error: unknown key 'pipelin' (did you mean 'pipeline'?)"},
      {"pipeline: p\nsource:\n  kafka:\n    brokrs: b\n    brokers: b\n    topics: t\nsink: "
       "stdio\n",
       "4:5: error: unknown key 'brokrs' in 'source.kafka' (did you mean 'brokers'?)"},
      {"pipeline: p\nsource: stdio\nsink:\n  flie: x\n  stdio:\n",
       "4:3: error: unknown key 'flie' in 'sink' (did you mean 'file'?)"},
      {"pipeline: p\nsource: {file: {path: a, colour: red}}\nsink: stdio\n",
       "2:26: error: unknown key 'colour' in 'source.file'; known are: key_field, envelope, "
       "follow, path"},
      {"pipeline: p\nsource: stdio\nsink: stdio\non_error: {bad_recrod: drop}\n",
       "4:12: error: unknown key 'bad_recrod' in 'on_error' (did you mean 'bad_record'?)"},
  });
}

TEST(Lint, FindsWrongTypesAndNamesTheRightOne) {
  expect_complaints({
      {"pipeline: p\ntasks: many\nsource: stdio\nsink: stdio\n",
       "2:8: error: 'tasks' must be a number from 1 to 256, not 'many'"},
      {"pipeline: p\ntasks: 0\nsource: stdio\nsink: stdio\n",
       "2:8: error: 'tasks' must be a number from 1 to 256, not '0'"},
      {"pipeline: p\ntasks: ${HOME}\nsource: stdio\nsink: stdio\n",
       "2:8: error: 'tasks' must be a number from 1 to 256, written out: references"},
      {"pipeline: [p]\nsource: stdio\nsink: stdio\n",
       "1:11: error: 'pipeline' must be a text, not a list"},
      {"pipeline:\nsource: stdio\nsink: stdio\n",
       "1:1: error: 'pipeline' must be a text; there is no value"},
      {"pipeline: ''\nsource: stdio\nsink: stdio\n",
       "1:11: error: 'pipeline' must be a text; it is empty"},
      {"pipeline: p\nsource: stdio\nsink: stdio\nmax_in_flight: lots\n",
       "4:16: error: 'max_in_flight' must be a size such as 64MiB or 1MB, not 'lots'"},
      {"pipeline: p\nsource: stdio\nsink: stdio\nmax_in_flight: 0\n",
       "4:16: error: 'max_in_flight' must be a size"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ndrain_deadline: 30\n",
       "4:17: error: 'drain_deadline' must be a duration such as 500ms, 30s or 10m, not '30'"},
      {"pipeline: p\nsource: {file: {path: a, follow: yes}}\nsink: stdio\n",
       "2:34: error: 'source.file.follow' must be true or false, not 'yes'"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: [a, {b: c}]}}\nsink: stdio\n",
       "2:42: error: 'source.kafka.topics[1]' must be a text, not a map"},
      {"pipeline: p\nsource: {kafka: b}\nsink: stdio\n",
       "2:17: error: 'source.kafka' must be a map of names and values, not a text"},
      {"pipeline: p\nsource: stdio\nsink: stdio\non_error: stop\n",
       "4:11: error: 'on_error' must be a map of names and values, not a text"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ntransforms: {encrypt: {}}\n",
       "4:13: error: 'transforms' must be a list"},
      {"pipeline: a b\nsource: stdio\nsink: stdio\n", "1:11: error: 'pipeline' must be a name of"},
  });
}

TEST(Lint, FindsWhatIsMissing) {
  expect_complaints({
      {"pipeline: p\nsource: stdio\n", "1:1: error: the file needs 'sink'"},
      {"pipeline: p\nsink: stdio\n", "1:1: error: the file needs 'source'"},
      {"source: stdio\nsink: stdio\n", "1:1: error: the file needs 'pipeline'"},
      {"pipeline: p\nsource: {}\nsink: stdio\n", "2:1: error: 'source' must name a system"},
      {"pipeline: p\nsource:\nsink: stdio\n", "2:1: error: 'source' must name a system"},
      {"pipeline: p\nsource: {file: }\nsink: stdio\n",
       "2:10: error: 'source.file' must be a text; there is no value"},
      {"pipeline: p\nsource: {file: {}}\nsink: stdio\n", "2:10: error: 'source.file' needs 'path'"},
      {"pipeline: p\nsource: {kafka: {topics: t}}\nsink: stdio\n",
       "2:10: error: 'source.kafka' needs 'brokers'"},
      {"pipeline: p\nsource: {kafka: {brokers: b}}\nsink: stdio\n",
       "2:10: error: 'source.kafka' needs 'topics: [NAME, ...]' or 'topics_pattern"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: []}}\nsink: stdio\n",
       "2:30: error: 'source.kafka' needs 'topics"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {topic: t}}\n",
       "3:8: error: 'sink.kafka' needs 'brokers'"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b}}\n",
       "3:8: error: 'sink.kafka' needs 'topic'"},
  });
}

TEST(Lint, FindsContradictionsInOneSection) {
  expect_complaints({
      {"pipeline: p\nsource: {file: a, stdio: }\nsink: stdio\n",
       "2:19: error: 'source' names two systems, 'file' and 'stdio'; keep one"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics: t, topics_pattern: ^t}}\nsink: stdio\n",
       "2:41: error: 'topics' and 'topics_pattern' are both given; keep one"},
      {"pipeline: p\nsource: {kafka: {brokers: b, topics_pattern: '^('}}\nsink: stdio\n",
       "2:46: error: 'source.kafka.topics_pattern' is not a regular expression"},
      {"pipeline: p\nsource: stdio\nsink: {kafka: {brokers: b, topic: t, partitions: 3}}\n",
       "3:38: error: 'sink.kafka.partitions' describes topics that are created"},
      {"pipeline: p\nsource: {stdio: {key_field: id, envelope: true}}\nsink: stdio\n",
       "2:18: error: an envelope carries the key itself"},
      {"pipeline: p\nsource: {file: {path: a, follow: true}}\nsink: {file: {path: b, append: "
       "false}}\n",
       "3:24: error: this source goes on where it stopped"},
      {"pipeline: p\nsource: stdio\nsink: {file: {path: b, append: true, follow: true}}\n",
       "3:38: error: 'append' and 'follow' mean the same here"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ntasks: 2\n",
       "4:8: error: only a kafka source can be read by several tasks"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ndead_letter: {}\n",
       "4:1: error: 'dead_letter' needs one place"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ndead_letter: {file: a, kafka: {topic: t}}\n",
       "4:1: error: 'dead_letter' needs one place"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ndead_letter: {kafka: {topic: t}}\n",
       "4:15: error: 'dead_letter.kafka' needs 'brokers'"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ndead_letter: {file: a, payload: clear}\n",
       "4:33: error: 'dead_letter.payload' must be one of sealed, original, not 'clear'"},
  });
}

TEST(Lint, SaysWhatThisVersionCannotDo) {
  expect_complaints({
      {"pipeline: p\nsource: stdio\nsink: stdio\ndelivery: exactly_once\n",
       "4:11: error: 'exactly_once' is not available in this version: write 'delivery: "
       "at_least_once', or leave the line out"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ndelivery: at_most_once\n",
       "4:11: error: 'delivery' must be one of at_least_once, not 'at_most_once'"},
      {"pipeline: p\nsource: stdio\nsink: stdio\nmax_error_rate: 5\n",
       "4:1: error: 'max_error_rate' is not available in this version"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ncluster: {kafka: k}\n",
       "4:1: error: 'cluster' is not available in this version: remove the section"},
      {"pipeline: p\nsource: stdio\nsink: stdio\ncluster: {}\n",
       "4:1: error: 'cluster' is not available in this version"},
  });
}

TEST(Lint, ChecksErrorPolicies) {
  expect_complaints({
      {"pipeline: p\nsource: stdio\nsink: stdio\non_error: {bad_record: dead_leter}\n",
       "4:24: error: 'on_error.bad_record' must be one of stop, dead_letter, drop, pass, not "
       "'dead_leter' (did you mean 'dead_letter'?)"},
      {"pipeline: p\nsource: stdio\nsink: stdio\non_error: {transient: drop}\n",
       "4:12: error: the policy for 'transient' cannot be chosen: it is retried"},
      {"pipeline: p\nsource: stdio\nsink: stdio\non_error: {internal: drop}\n",
       "4:12: error: the policy for 'internal' cannot be chosen"},
  });
}

TEST(Lint, TellsWhereAPastedBlockGoes) {
  EXPECT_THAT(lint("pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin\nconfig: {}\n"),
              ElementsAre(StartsWith("1:1: error: this is an interceptor block, not a pipeline")));
}

TEST(Lint, FindsAllErrorsInOneGo) {
  const auto said = lint("pipeline: p\nsource: {file: {}}\nsink: {fiel: x}\ntasks: x\n");
  EXPECT_THAT(said, ElementsAre(StartsWith("2:10: error:"), StartsWith("3:1: error:"),
                                StartsWith("3:8: error:"), StartsWith("4:8: error:")));
}

TEST(Lint, AFileThatIsNoMapIsOneError) {
  EXPECT_THAT(lint("- a\n- b\n"),
              testing::Contains(HasSubstr("1:1: error: the file must be a map")));
}

TEST(Lint, ErrorsOfTheReadingFailTheLoadingToo) {
  Diagnostics diagnostics;
  const auto document = parse_yaml("pipeline: p\npipeline: q\nsource: stdio\nsink: stdio\n", kFile,
                                   References::kResolve, diagnostics);
  ASSERT_TRUE(document);
  EXPECT_FALSE(load_worker(nullptr, {&*document}, diagnostics));
  EXPECT_FALSE(load_pipeline(*document, fake_plugins(), diagnostics));
}

TEST(Lint, TheResultNamesTheFile) {
  Diagnostics diagnostics;
  const auto result = load_pipeline(parse("a: b\n"), fake_plugins(), diagnostics);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(result.error().message(), StartsWith("p.yaml: 4 errors in the configuration"));
}

}  // namespace
}  // namespace lethe::worker::config
