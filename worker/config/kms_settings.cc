// SPDX-License-Identifier: Apache-2.0
#include "worker/config/kms_settings.h"

#include <algorithm>
#include <array>

#include "worker/config/interceptor.h"
#include "worker/config/quantities.h"

namespace lethe::worker::config {
namespace {

constexpr std::string_view kDefaultKeyTopic = "_lethe_encryption_keys";
constexpr std::chrono::milliseconds kShortestLease{1000};
constexpr std::string_view kFileRoot = "file-kms://";
constexpr std::string_view kFileRemedy =
    "use file-kms:///absolute/path or file-kms://NAME (in the data directory)";

Setting setting(const Member& member, std::string_view prefix = {}) {
  return {std::string(prefix) + member.value.text(), std::string(prefix) + member.value.written(),
          member.value.place()};
}

std::optional<Setting> read_setting(Section& section, std::string_view key) {
  const Member* member = section.find(key);
  if (member == nullptr || !section.read_text(*member)) return std::nullopt;
  return setting(*member);
}

constexpr std::array<std::string_view, 6> kLaterRoots = {
    "vault-kms://", "aws-kms://", "azure-kms://", "gcp-kms://", "pkcs11-kms://", "fortanix-kms://",
};

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// kms.root, or masterKeyId of a block: only local files so far.
std::optional<Setting> read_root(Section& section, std::string_view key, Diagnostics& diagnostics) {
  const Member* member = section.find(key);
  if (member == nullptr || !section.read_text(*member)) return std::nullopt;
  Setting root = setting(*member);
  const bool unresolved = member->value.is_unresolved();
  const bool is_file = begins_with(root.value, kFileRoot) && root.value.size() > kFileRoot.size();
  if (is_file || (unresolved && begins_with(root.value, "${"))) return root;
  const bool later =
      std::any_of(kLaterRoots.begin(), kLaterRoots.end(),
                  [&](std::string_view scheme) { return begins_with(root.value, scheme); });
  diagnostics.error(root.place, "'" + section.name_of(key) +
                                    (later ? "': this kind of master key is not supported yet in "
                                             "this version: "
                                           : "' names no master key: ") +
                                    std::string(kFileRemedy));
  return std::nullopt;
}

// The section as it is dumped.
Node shown(const Node& kafka) {
  Node copy = kafka;
  const Member* client = kafka.find_member("client");
  if (client == nullptr) return copy;
  Node properties = client->value;
  for (Member& property : properties.members())
    if (is_secret_property(property.name) && !property.value.contains_reference())
      property.value = Node::scalar("<hidden>", property.place, true);
  copy.set("client", client->place, std::move(properties));
  return copy;
}

// store: {kafka: {topic, brokers, client, replication}}
Setting read_kafka_store(Section kafka, const Member& member, KafkaStore& store,
                         Diagnostics& diagnostics) {
  constexpr std::int64_t kMostReplicas = 32767;
  store.brokers = kafka.required_text("brokers", "host:port, several by comma");
  store.topic = kafka.text("topic", std::string(kDefaultKeyTopic));
  store.replication = kafka.integer("replication", 0, 1, kMostReplicas);
  store.client = read_client(kafka, KafkaRole::kConsumer, diagnostics);
  kafka.finish();
  store.shown = shown(member.value);
  std::string value = "kafka:" + store.topic + "@" + store.brokers;
  for (const auto& [name, text] : store.client) value += ";" + name + "=" + text;
  return {std::move(value), "kafka", member.place};
}

// A connection string of libpq as a URL. Its password belongs into a reference.
std::optional<Setting> read_postgres(Section& store, const Member& member,
                                     Diagnostics& diagnostics) {
  if (!store.read_text(member)) return std::nullopt;
  const Setting found = setting(member, "postgres:");
  const std::string& url = member.value.text();
  const bool is_url = begins_with(url, "postgresql://") || begins_with(url, "postgres://");
  if (!is_url && !(member.value.is_unresolved() && begins_with(url, "${"))) {
    diagnostics.error(found.place,
                      "'kms.store.postgres' is no URL: write postgresql://HOST:PORT/DATABASE");
    return std::nullopt;
  }
  if (without_password(member.value.written()) != member.value.written())
    diagnostics.warning(found.place,
                        "'kms.store.postgres' holds a password in clear: write "
                        "postgresql://USER:${env:NAME}@HOST/DATABASE or use ~/.pgpass");
  return found;
}

// store: memory | {memory: {}} | {sqlite: PATH} | {postgres: URL} | {kafka: ...}
std::optional<Setting> read_store(Section& kms, std::optional<KafkaStore>& kafka_store,
                                  Diagnostics& diagnostics) {
  const Member* member = kms.find("store");
  if (member == nullptr) return std::nullopt;
  if (member->value.is_scalar() && member->value.text() == "memory") return setting(*member);
  Section store = kms.inside(*member);
  const Member* sqlite = store.find("sqlite");
  const Member* memory = store.find("memory");
  const Member* postgres = store.find("postgres");
  const Member* kafka = store.find("kafka");
  store.not_yet("redis", "use 'sqlite: PATH' or 'postgres: URL', or 'memory' for a trial");
  store.finish();
  const Member* named = nullptr;
  for (const Member* candidate : {sqlite, memory, postgres, kafka}) {
    if (candidate != nullptr && named != nullptr)
      diagnostics.error(candidate->place, "'kms.store' names two stores; keep one");
    if (named == nullptr) named = candidate;
  }
  if (named == nullptr) {
    if (member->value.is_blank() || (member->value.is_map() && member->value.size() == 0))
      diagnostics.error(member->place,
                        "'kms.store' names no store: 'sqlite: PATH', 'postgres: URL', 'kafka: "
                        "{...}' or 'memory'");
    return std::nullopt;
  }
  if (named == kafka)
    return read_kafka_store(store.inside(*kafka), *kafka, kafka_store.emplace(), diagnostics);
  if (named == postgres) return read_postgres(store, *postgres, diagnostics);
  if (named == memory) return Setting{"memory", "memory", memory->place};
  return store.read_text(*sqlite) ? std::optional(setting(*sqlite, "sqlite:")) : std::nullopt;
}

// Where a cache is that workers share. Its password belongs into a reference.
std::optional<Setting> read_redis(Section& cache, const Member& member, Diagnostics& diagnostics) {
  if (!cache.read_text(member)) return std::nullopt;
  const Setting found = setting(member);
  if (begins_with(found.value, "rediss://")) {
    diagnostics.error(found.place,
                      "'kms.cache.redis' asks for TLS, which is not available in this "
                      "version: use redis:// within a network you trust");
    return std::nullopt;
  }
  if (!begins_with(found.value, "redis://") &&
      !(member.value.is_unresolved() && begins_with(found.value, "${"))) {
    diagnostics.error(found.place, "'kms.cache.redis' is no URL: write redis://HOST:PORT/DATABASE");
    return std::nullopt;
  }
  if (without_password(found.written) != found.written)
    diagnostics.warning(found.place,
                        "'kms.cache.redis' holds a password in clear: write "
                        "redis://:${env:NAME}@HOST:PORT");
  return found;
}

// cache: {max_keys, redis, ttl}
void read_cache(Section& kms, KmsSettings& settings, Diagnostics& diagnostics) {
  const Member* member = kms.find("cache");
  if (member == nullptr) return;
  Section cache = kms.inside(*member);
  constexpr std::int64_t kLeast = 1000;
  constexpr std::int64_t kMost = 100'000'000;
  cache.integer("max_keys", kLeast, kLeast, kMost);
  const Member* max_keys = cache.find("max_keys");
  const Member* redis = cache.find("redis");
  const std::chrono::milliseconds lifetime = cache.duration("ttl", std::chrono::minutes(10));
  const Member* ttl = cache.find("ttl");
  cache.finish();
  if (max_keys != nullptr && max_keys->value.is_scalar()) settings.max_keys = setting(*max_keys);
  if (redis != nullptr) settings.redis = read_redis(cache, *redis, diagnostics);
  if (ttl == nullptr || !ttl->value.is_scalar()) return;
  if (redis == nullptr)
    diagnostics.error(ttl->place, "'kms.cache.ttl' is for 'kms.cache.redis', which is missing");
  if (lifetime < std::chrono::seconds(1) || lifetime > std::chrono::hours(24))
    diagnostics.error(ttl->place, "'kms.cache.ttl' must be from 1s to 24h");
  settings.cache_ttl = setting(*ttl);
}

// kms.lease: below a second every hiccup of the store would stop the worker.
std::optional<Setting> read_lease(Section& kms, Diagnostics& diagnostics) {
  const Member* member = kms.find("lease");
  if (member == nullptr) return std::nullopt;
  const std::chrono::milliseconds lease = kms.duration("lease", kShortestLease);
  if (!member->value.is_scalar()) return std::nullopt;
  if (lease < kShortestLease)
    diagnostics.error(member->value.place(),
                      "'kms.lease' must be at least " + format_duration(kShortestLease));
  return setting(*member);
}

constexpr std::array kKeyNames = {Word<bool>{"pseudonym", false}, Word<bool>{"clear", true}};

std::optional<Setting> read_key_names(Section& kms) {
  const Member* member = kms.find("key_names");
  if (member == nullptr || !kms.pick(*member, kKeyNames)) return std::nullopt;
  return setting(*member);
}

// One kmsConfig; what stands in it beside gateway.masterKeyId is for KMSs that we do not know yet.
KmsSettings read_kms_config(const Member& member, Diagnostics& diagnostics) {
  Section config(member.value, member.place, "kmsConfig", diagnostics);
  KmsSettings settings;
  for (const Member& part : member.value.members()) {
    if (part.name == "gateway") continue;
    config.find(part.name);
    diagnostics.error(part.place, "'kmsConfig." + part.name +
                                      "' is not supported yet in this version: remove it and write "
                                      "'masterKeyId: file-kms:///absolute/path'");
  }
  const Member* gateway = config.find("gateway");
  if (gateway == nullptr) return settings;
  Section section = config.inside(*gateway);
  settings.root = read_root(section, "masterKeyId", diagnostics);
  for (const Member& part : gateway->value.members())
    if (part.name != "masterKeyId")
      diagnostics.error(part.place, "'kmsConfig.gateway." + part.name +
                                        "' of an interceptor block cannot be honoured");
  config.finish();
  return settings;
}

}  // namespace

std::string without_password(const std::string& url) {
  constexpr std::string_view kScheme = "://";
  constexpr std::string_view kHidden = "***";
  constexpr std::string_view kParameter = "password=";
  std::string shown = url;
  if (const std::size_t parameter = shown.find(kParameter); parameter != std::string::npos) {
    const std::size_t from = parameter + kParameter.size();
    const std::size_t length = std::min(shown.find('&', from), shown.size()) - from;
    if (shown.compare(from, 2, "${") != 0) shown.replace(from, length, kHidden);
  }
  const std::size_t scheme = shown.find(kScheme);
  if (scheme == std::string::npos) return shown;
  const std::size_t user = scheme + kScheme.size();
  const std::size_t path = std::min(shown.find_first_of("/?", user), shown.size());
  const std::size_t at = shown.rfind('@', path);
  const std::size_t colon = shown.find(':', user);
  if (at == std::string::npos || at < user || colon > at) return shown;
  const std::string password = shown.substr(colon + 1, at - colon - 1);
  const bool reference = password.starts_with("${") && password.ends_with("}");
  return reference ? shown : shown.replace(colon + 1, password.size(), kHidden);
}

KmsSettings read_kms(Section& root, Diagnostics& diagnostics) {
  const Member* member = root.find("kms");
  if (member == nullptr) return {};
  Section kms = root.inside(*member);
  KmsSettings settings;
  settings.tenant = read_setting(kms, "tenant");
  settings.root = read_root(kms, "root", diagnostics);
  settings.store = read_store(kms, settings.kafka_store, diagnostics);
  settings.key_names = read_key_names(kms);
  settings.lease = read_lease(kms, diagnostics);
  read_cache(kms, settings, diagnostics);
  for (const std::string_view later : {"vault", "aws", "azure", "gcp", "pkcs11"})
    kms.not_yet(later, "only 'root: file-kms://...' is; remove it");
  kms.not_yet("wrap", "data keys are wrapped under the epoch's key; remove it");
  kms.finish();
  return settings;
}

KmsSettings lift_kms(const Node& pipeline, Diagnostics& diagnostics) {
  KmsSettings settings;
  const Node* transforms = pipeline.find("transforms");
  if (transforms == nullptr) return settings;
  for (const Node& entry : transforms->items()) {
    const Node* config = is_interceptor(entry) ? entry.find("config") : nullptr;
    const Member* kms = config == nullptr ? nullptr : config->find_member("kmsConfig");
    if (kms != nullptr) agree(settings, read_kms_config(*kms, diagnostics), diagnostics);
  }
  return settings;
}

void agree(std::optional<Setting>& into, const std::optional<Setting>& from, std::string_view name,
           Diagnostics& diagnostics) {
  if (!from) return;
  if (!into) {
    into = from;
  } else if (into->value != from->value) {
    diagnostics.error(from->place, "'" + std::string(name) + "' disagrees with " +
                                       to_string(into->place) +
                                       "; one worker has one, so write the same in both places");
  }
}

void agree(KmsSettings& into, const KmsSettings& from, Diagnostics& diagnostics) {
  agree(into.tenant, from.tenant, "kms.tenant", diagnostics);
  agree(into.root, from.root, "kms.root", diagnostics);
  agree(into.store, from.store, "kms.store", diagnostics);
  if (!into.kafka_store) into.kafka_store = from.kafka_store;
  agree(into.key_names, from.key_names, "kms.key_names", diagnostics);
  agree(into.max_keys, from.max_keys, "kms.cache.max_keys", diagnostics);
  agree(into.lease, from.lease, "kms.lease", diagnostics);
  agree(into.redis, from.redis, "kms.cache.redis", diagnostics);
  agree(into.cache_ttl, from.cache_ttl, "kms.cache.ttl", diagnostics);
}

}  // namespace lethe::worker::config
