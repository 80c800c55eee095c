// SPDX-License-Identifier: Apache-2.0
#include "worker/config/dump.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Dump, FillsInDefaultsAndNativeForms) {
  const PipelineConfig config = load(R"(pipeline: p
source: {kafka: {brokers: "b:1", topics: [t]}}
transforms:
  - pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin
    config: {fields: [{fieldName: a, keySecretId: "gateway-kms://u-{{record.key}}"}]}
sink: {kafka: {topic: "{{record.topic}}.x"}}
on_error: {bad_record: dead_letter}
dead_letter: {kafka: {topic: dlq}}
)");
  EXPECT_EQ(dump(config, fake_plugins()), R"(pipeline: p
source:
  kafka:
    brokers: "b:1"
    topics:
      - t
    group: lethe-p
transforms:
  - encrypt:
      fields:
        - path: a
          subject: "u-{{record.key}}"
      algorithm: AES256_GCM
    on_error:
      bad_record: dead_letter
      unknown_key: dead_letter
      shredded: stop
      blocked: stop
sink:
  kafka:
    topic: "{{record.topic}}.x"
    brokers: "b:1"
on_error:
  bad_record: dead_letter
  unknown_key: dead_letter
  shredded: stop
  blocked: stop
dead_letter:
  kafka:
    topic: dlq
  payload: sealed
dataset: p
delivery: at_least_once
tasks: 1
max_in_flight: 64MiB
drain_deadline: 30s
)");
}

TEST(Dump, IsAFixedPoint) {
  const PipelineConfig config = load(
      "pipeline: p\nsource: {file: {path: 'a b', follow: true}}\nsink: stdio\n"
      "transforms:\n  - decrypt: {on_shredded: null, accept: {algorithms: ['x: y', \"t\\tb\\n\"], "
      "free: {'': [[], {}]}}}\n    when: {header: {name: h}}\n    unless: tombstone\n");
  const std::string once = dump(config, fake_plugins());
  EXPECT_EQ(dump(load(once), fake_plugins()), once);
  EXPECT_THAT(once, HasSubstr("on_shredded: null\n"));
}

TEST(Dump, ShowsReferencesEvenAfterTheyWereResolved) {
  ::setenv("LETHE_TEST_DUMP", "canary", 1);
  const PipelineConfig config = load(R"(pipeline: p
source: {kafka: {brokers: "${LETHE_TEST_DUMP}", topics: ["${env:LETHE_TEST_DUMP}"]}}
transforms:
  - encrypt: {subject: "x${LETHE_TEST_DUMP}", fields: [a], token: "${LETHE_TEST_DUMP}"}
sink: {kafka: {topic: "${LETHE_TEST_DUMP}.out", client: {sasl.password: "${LETHE_TEST_DUMP}"}}}
)",
                                     References::kResolve);
  const std::string text = dump(config, fake_plugins());
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, HasSubstr("brokers: \"${LETHE_TEST_DUMP}\""));
  EXPECT_THAT(text, HasSubstr("token: \"${LETHE_TEST_DUMP}\""));
  const WorkerConfig worker = load_worker_text(
      "worker: {id: '${LETHE_TEST_DUMP}', plugin_path: '${LETHE_TEST_DUMP}', data_dir: "
      "'${LETHE_TEST_DUMP}'}\nkms: {root: 'file-kms://${LETHE_TEST_DUMP}'}\n",
      References::kResolve);
  EXPECT_EQ(worker.kms.root_path, "canary/canary");
  EXPECT_THAT(dump(worker), Not(HasSubstr("canary")));
}

TEST(Dump, HidesSecretsThatWereWrittenInClear) {
  const PipelineConfig config = load(
      "pipeline: p\nsource: {kafka: {brokers: b, topics: t, client: {sasl.password: hunter2, "
      "client.id: me}}}\nsink: stdio\n"
      "transforms:\n  - encrypt: {subject: s, fields: [a], token: hunter2}\n");
  const std::string text = dump(config, fake_plugins());
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, HasSubstr("sasl.password: \"<hidden>\""));
  EXPECT_THAT(text, HasSubstr("client.id: me"));
}

TEST(Dump, KeepsTheTopicOfABlock) {
  const std::string head =
      "pipeline: p\nsource: {kafka: {brokers: b, topics: [customers, orders]}}\nsink: stdio\n"
      "transforms:\n  - pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin\n"
      "    config: {topic: 'cust.*'}\n";
  EXPECT_THAT(dump(load(head), fake_plugins()),
              HasSubstr("    when:\n      topic:\n        pattern: \"cust.*\"\n"));
  const std::string both = dump(load(head + "    when: tombstone\n"), fake_plugins());
  EXPECT_THAT(both, HasSubstr("      topic: \"cust.*\"\n    when: tombstone\n"));
}

TEST(Dump, OfAWorkerCanBeReadAgain) {
  const WorkerConfig worker = load_worker_text(
      "worker: {id: w, plugin_path: [a]}\nkms: {tenant: t, store: memory, cache: {max_keys: "
      "2000}}");
  const std::string text = dump(worker);
  EXPECT_EQ(text, R"(worker:
  id: w
  plugin_path:
    - a
  data_dir: "./lethe-data"
kms:
  store:
    memory: {}
  tenant: t
  root: "file-kms://root.key"
  key_names: pseudonym
  cache:
    max_keys: 2000
)");
  const WorkerConfig again = load_worker_text(text);
  EXPECT_EQ(dump(again), text);
}

}  // namespace
}  // namespace lethe::worker::config
