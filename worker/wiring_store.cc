// SPDX-License-Identifier: Apache-2.0
#include "worker/wiring_store.h"

#include <chrono>
#include <utility>

#include "kms/store/memory_key_store.h"
#include "kms/store/sqlite_key_store.h"
#ifdef LETHE_WITH_POSTGRES
#include "kms/store/postgres_key_store.h"
#endif
#ifdef LETHE_WITH_REDIS
#include "kms/store/redis_cached_store.h"
#endif
#ifdef LETHE_WITH_KAFKA
#include "kms/store/kafka_key_store.h"
#include "worker/kafka_options.h"
#endif

namespace lethe::worker {
namespace {

#ifdef LETHE_WITH_KAFKA
Result<std::unique_ptr<kms::store::KeyStore>> make_kafka_store(const config::KafkaStore& config,
                                                               bool create, log::Log& log) {
  kms::store::KafkaKeyStore::Options options;
  options.client = kafka_client(config.brokers, config.client, log);
  options.topic = config.topic;
  options.create = create;
  options.replication = static_cast<std::int32_t>(config.replication);
  auto store = LETHE_TRY(kms::store::KafkaKeyStore::make(std::move(options)));
  if (!store->weakness().empty()) log.warning(store->weakness());
  return std::unique_ptr<kms::store::KeyStore>(std::move(store));
}
#else
Result<std::unique_ptr<kms::store::KeyStore>> make_kafka_store(const config::KafkaStore&, bool,
                                                               log::Log&) {
  return bad_config("this worker was built without Kafka (LETHE_WITH_KAFKA)");
}
#endif

Result<std::unique_ptr<kms::store::KeyStore>> make_own_store(const config::KmsConfig& config,
                                                             bool create, log::Log& log) {
  if (config.store == config::StoreKind::kKafka)
    return make_kafka_store(*config.kafka_store, create, log);
  if (config.store == config::StoreKind::kMemory)
    return std::unique_ptr<kms::store::KeyStore>(std::make_unique<kms::store::MemoryKeyStore>());
  if (config.store == config::StoreKind::kPostgres) {
#ifdef LETHE_WITH_POSTGRES
    return std::unique_ptr<kms::store::KeyStore>(
        LETHE_TRY(kms::store::PostgresKeyStore::make(config.store_conninfo, {.create = create})));
#else
    return bad_config("this worker was built without PostgreSQL (LETHE_WITH_POSTGRES)");
#endif
  }
  return std::unique_ptr<kms::store::KeyStore>(
      LETHE_TRY(kms::store::SqliteKeyStore::make(config.store_path, {.create = create})));
}

#ifdef LETHE_WITH_REDIS
Result<std::unique_ptr<kms::store::KeyStore>> cached(std::unique_ptr<kms::store::KeyStore> store,
                                                     const config::KmsConfig& config,
                                                     log::Log& log) {
  if (config.clear_key_names)
    log.warning("kms.cache.redis is of no use with readable key names: such rows are not cached");
  kms::store::RedisCachedStore::Options options;
  options.ttl = std::chrono::duration_cast<std::chrono::seconds>(config.cache_ttl);
  options.link.report = [&log](bool works, std::string_view what) {
    works ? log.info(what) : log.warning(what);
  };
  return std::unique_ptr<kms::store::KeyStore>(LETHE_TRY(
      kms::store::RedisCachedStore::make(std::move(store), config.redis, std::move(options))));
}
#else
Result<std::unique_ptr<kms::store::KeyStore>> cached(std::unique_ptr<kms::store::KeyStore>,
                                                     const config::KmsConfig&, log::Log&) {
  return bad_config("this worker was built without Redis (LETHE_WITH_REDIS)");
}
#endif

}  // namespace

Result<std::unique_ptr<kms::store::KeyStore>> make_store(const config::KmsConfig& config,
                                                         bool create, log::Log& log) {
  auto store = LETHE_TRY(make_own_store(config, create, log));
  if (config.redis.empty()) return store;
  return cached(std::move(store), config, log);
}

}  // namespace lethe::worker
