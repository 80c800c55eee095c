// SPDX-License-Identifier: Apache-2.0
#include "worker/config/worker_config.h"

#include "tests/unit/worker/config/config_text.h"
#include "worker/config/kms_settings.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> said(std::string_view text) {
  Diagnostics diagnostics;
  const Node tree = parse(text);
  const bool loaded = load_worker(&tree, {}, diagnostics).has_value();
  EXPECT_EQ(loaded, !diagnostics.has_errors());
  return lines(diagnostics);
}

TEST(WorkerConfig, WithoutAFileEverythingIsEmbedded) {
  Diagnostics diagnostics;
  const auto worker = load_worker(nullptr, {}, diagnostics);
  ASSERT_TRUE(worker);
  EXPECT_FALSE(worker->id.empty());
  EXPECT_THAT(worker->plugin_path, IsEmpty());
  EXPECT_EQ(worker->data_dir, "./lethe-data");
  EXPECT_EQ(worker->kms.tenant, "default");
  EXPECT_EQ(worker->kms.root_path, "./lethe-data/root.key");
  EXPECT_EQ(worker->kms.store, StoreKind::kSqlite);
  EXPECT_EQ(worker->kms.store_path, "./lethe-data/keys.db");
  EXPECT_TRUE(worker->kms.root_is_default);
  EXPECT_TRUE(worker->kms.store_is_default);
  EXPECT_FALSE(worker->kms.clear_key_names);
  EXPECT_EQ(worker->kms.max_cached_keys, 1'000'000U);
  EXPECT_FALSE(worker->kms.lease);
}

TEST(WorkerConfig, ReadsAWorkerFile) {
  const WorkerConfig worker = load_worker_text(R"(
worker: { id: host-1, plugin_path: [/usr/lib/lethe/plugins, mine], data_dir: /var/lib/lethe/ }
kms:
  tenant: acme
  root: file-kms://acme.key
  store: { sqlite: /var/lib/lethe/acme.db }
  key_names: clear
  cache: { max_keys: 5000 }
  lease: 3s
)");
  EXPECT_EQ(worker.id, "host-1");
  EXPECT_THAT(worker.plugin_path, ElementsAre("/usr/lib/lethe/plugins", "mine"));
  EXPECT_EQ(worker.kms.tenant, "acme");
  EXPECT_EQ(worker.kms.root_path, "/var/lib/lethe/acme.key");
  EXPECT_FALSE(worker.kms.root_is_default);
  EXPECT_EQ(worker.kms.store_path, "/var/lib/lethe/acme.db");
  EXPECT_FALSE(worker.kms.store_is_default);
  EXPECT_TRUE(worker.kms.clear_key_names);
  EXPECT_EQ(worker.kms.max_cached_keys, 5000U);
  EXPECT_EQ(worker.kms.lease, std::chrono::seconds(3));
}

TEST(WorkerConfig, MemoryIsAStoreWithoutAPath) {
  for (const char* text : {"kms: {store: memory}", "kms: {store: {memory: {}}}"}) {
    const WorkerConfig worker = load_worker_text(text);
    EXPECT_EQ(worker.kms.store, StoreKind::kMemory);
    EXPECT_FALSE(worker.kms.store_is_default);
  }
}

TEST(WorkerConfig, ReadsAPostgresStore) {
  const WorkerConfig worker =
      load_worker_text("kms: {store: {postgres: 'postgresql://db:5432/lethe'}}");
  EXPECT_EQ(worker.kms.store, StoreKind::kPostgres);
  EXPECT_EQ(worker.kms.store_conninfo, "postgresql://db:5432/lethe");
  EXPECT_FALSE(worker.kms.store_is_default);
}

TEST(WorkerConfig, ShowsNoPasswordOfAStore) {
  const auto shown = [](const std::string& url) { return without_password(url); };
  EXPECT_EQ(shown("postgresql://u:secret@db/lethe"), "postgresql://u:***@db/lethe");
  EXPECT_EQ(shown("postgresql://u:se@cret@db/lethe"), "postgresql://u:***@db/lethe");
  EXPECT_EQ(shown("postgresql://db/l?user=u&password=secret&sslmode=require"),
            "postgresql://db/l?user=u&password=***&sslmode=require");
  for (const char* harmless :
       {"postgresql://u:${env:PASSWORD}@db:5432/lethe", "postgresql:///lethe", "${env:URL}",
        "postgresql://u@db:5432/lethe", "postgresql://db:5432/lethe"})
    EXPECT_EQ(shown(harmless), harmless);

  EXPECT_THAT(said("kms: {store: {postgres: 'postgresql://u:secret@db/lethe'}}\n"),
              ElementsAre("1:25: warning: 'kms.store.postgres' holds a password in clear: write "
                          "postgresql://USER:${env:NAME}@HOST/DATABASE or use ~/.pgpass"));
}

TEST(WorkerConfig, ReadsACacheInRedis) {
  const WorkerConfig worker =
      load_worker_text("kms: {cache: {redis: 'redis://:${env:P}@cache:6379/1', ttl: 90s}}");
  EXPECT_EQ(worker.kms.cache_ttl, std::chrono::seconds(90));
  EXPECT_EQ(load_worker_text("kms: {cache: {redis: 'redis://cache'}}").kms.redis, "redis://cache");
  EXPECT_EQ(load_worker_text("kms: {tenant: a}").kms.redis, "");
}

TEST(WorkerConfig, ComplainsOfACacheThatCannotBe) {
  const auto expect = [](const char* text, const char* complaint) {
    EXPECT_THAT(said(text), ElementsAre(StartsWith(complaint))) << text;
  };
  expect("kms: {cache: {redis: 'cache:6379'}}\n", "1:22: error: 'kms.cache.redis' is no URL");
  expect("kms: {cache: {redis: 'rediss://c'}}\n", "1:22: error: 'kms.cache.redis' asks for TLS");
  expect("kms: {cache: {ttl: 1m}}\n", "1:20: error: 'kms.cache.ttl' is for 'kms.cache.redis'");
  expect("kms: {cache: {redis: 'redis://c', ttl: 2d}}\n", "1:40: error: 'kms.cache.ttl'");
  expect("kms: {cache: {redis: 'redis://c', ttl: 10ms}}\n", "1:40: error: 'kms.cache.ttl' must be");
  expect("kms: {cache: {redis: 'redis://:secret@c'}}\n",
         "1:22: warning: 'kms.cache.redis' holds a password in clear");
}

TEST(WorkerConfig, SectionsMayStandInAPipelineFile) {
  Diagnostics diagnostics;
  const Node pipeline = parse(
      "pipeline: p\nsource: stdio\nsink: stdio\nkms: {tenant: acme}\nworker: {data_dir: d}\n");
  const auto worker = load_worker(nullptr, {&pipeline}, diagnostics);
  ASSERT_TRUE(worker);
  EXPECT_EQ(worker->kms.tenant, "acme");
  EXPECT_EQ(worker->kms.store_path, "d/keys.db");
  EXPECT_TRUE(load_pipeline(pipeline, fake_plugins(), diagnostics));
}

TEST(WorkerConfig, FilesMustAgree) {
  Diagnostics diagnostics;
  const Node worker = parse("kms: {root: file-kms:///a, tenant: acme}\n");
  const Node same = parse("kms: {root: file-kms:///a}\n");
  const Node other = parse("\nkms: {tenant: other}\n");
  EXPECT_TRUE(load_worker(&worker, {&same}, diagnostics));
  EXPECT_FALSE(load_worker(&worker, {&same, &other}, diagnostics));
  EXPECT_THAT(lines(diagnostics),
              ElementsAre("2:15: error: 'kms.tenant' disagrees with p.yaml:1:36; one worker has "
                          "one, so write the same in both places"));
}

TEST(WorkerConfig, ReadsAStoreInATopic) {
  const WorkerConfig worker = load_worker_text(
      "kms: {store: {kafka: {brokers: 'b:9092', client: {security.protocol: SSL}}}}");
  EXPECT_EQ(worker.kms.store, StoreKind::kKafka);
  EXPECT_FALSE(worker.kms.store_is_default);
  EXPECT_EQ(worker.kms.kafka_store->brokers, "b:9092");
  EXPECT_EQ(worker.kms.kafka_store->topic, "_lethe_encryption_keys");
  EXPECT_EQ(worker.kms.kafka_store->replication, 0);
  EXPECT_THAT(worker.kms.kafka_store->client,
              ElementsAre(::testing::Pair("security.protocol", "SSL")));
}

TEST(WorkerConfig, ComplainsAboutAStoreInATopic) {
  const auto expect = [](const char* text, const char* complaint) {
    EXPECT_THAT(said(text), ElementsAre(StartsWith(complaint))) << text;
  };
  expect("kms: {store: {kafka: {topic: t}}}\n", "1:15: error: 'kms.store.kafka' needs 'brokers'");
  expect("kms: {store: {kafka: {brokers: b, client: {isolation.level: x}}}}\n",
         "1:44: error: the client property 'isolation.level' is set by Lethe");
  expect("kms: {store: {sqlite: a, kafka: {brokers: b}}}\n",
         "1:26: error: 'kms.store' names two stores");
}

TEST(WorkerConfig, SaysWhatThisVersionCannotDo) {
  const auto expect = [](const char* text, const char* complaint) {
    EXPECT_THAT(said(text), ElementsAre(StartsWith(complaint))) << text;
  };
  expect("worker: {listen: '127.0.0.1:8083'}\n",
         "1:10: error: 'worker.listen' is not available in this version");
  expect("kms: {vault: {uri: x}}\n", "1:7: error: 'kms.vault' is not available in this version");
  expect("kms: {root: 'aws-kms://arn'}\n",
         "1:13: error: 'kms.root': this kind of master key is not supported yet in this version: "
         "use file-kms:///absolute/path or file-kms://NAME");
  expect("cluster: {topic: t}\n", "1:1: error: 'cluster' is not available in this version");
  expect("cluster: {}\n", "1:1: error: 'cluster' is not available in this version");
}

TEST(WorkerConfig, FindsMistakes) {
  const auto expect = [](const char* text, const char* complaint) {
    EXPECT_THAT(said(text), ElementsAre(StartsWith(complaint))) << text;
  };
  expect("kms: {root: master}\n", "1:13: error: 'kms.root' names no master key: use file-kms");
  expect("kms: {root: 'file-kms://'}\n", "1:13: error: 'kms.root' names no master key");
  expect("kms: {store: sqllite}\n", "1:14: error: 'kms.store' must be a map");
  expect("kms: {store: {}}\n", "1:7: error: 'kms.store' names no store");
  expect("kms: {store: {sqlite: a, memory: }}\n", "1:26: error: 'kms.store' names two stores");
  expect("kms: {store: {sqlite: a, postgres: 'postgresql:///l'}}\n",
         "1:26: error: 'kms.store' names two stores");
  expect("kms: {store: {postgres: 'host=db dbname=lethe'}}\n",
         "1:25: error: 'kms.store.postgres' is no URL");
  expect("kms: {store: {sqllite: a}}\n", "1:15: error: unknown key 'sqllite' in 'kms.store'");
  expect("kms: {key_names: plain}\n",
         "1:18: error: 'kms.key_names' must be one of pseudonym, clear, not 'plain'");
  expect("kms: {lease: 999ms}\n", "1:14: error: 'kms.lease' must be at least 1s");
  expect("kms: {lease: {}}\n", "1:14: error: 'kms.lease' must be a duration");
  expect("kms: {cache: {max_keys: 10}}\n",
         "1:25: error: 'kms.cache.max_keys' must be a number from 1000 to 100000000, not '10'");
  expect("worker: {plugin_path: {a: b}}\n", "1:23: error: 'worker.plugin_path' must be a text");
  expect("wroker: {}\n", "1:1: error: unknown key 'wroker' (did you mean 'worker'?)");
  expect("pipeline: p\n", "1:1: error: unknown key 'pipeline'");
}

}  // namespace
}  // namespace lethe::worker::config
