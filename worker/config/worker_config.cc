// SPDX-License-Identifier: Apache-2.0
#include "worker/config/worker_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "worker/config/kms_settings.h"
#include "worker/config/quantities.h"
#include "worker/config/section.h"

namespace lethe::worker::config {
namespace {

constexpr std::string_view kDefaultDataDir = "./lethe-data";
constexpr std::string_view kDefaultRoot = "file-kms://root.key";
constexpr std::string_view kDefaultStore = "keys.db";
constexpr std::string_view kFileRoot = "file-kms://";
constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kPostgres = "postgres:";

struct WorkerSettings {
  std::optional<Setting> id;
  std::optional<Setting> data_dir;
  std::vector<Setting> plugin_path;
  KmsSettings kms;
  std::optional<ErasureConfig> erasure;
  Place erasure_place{};
};

std::optional<Setting> read_setting(Section& section, std::string_view key) {
  const Member* member = section.find(key);
  if (member == nullptr || !section.read_text(*member)) return std::nullopt;
  return Setting{member->value.text(), member->value.written(), member->value.place()};
}

void read_worker(Section& root, WorkerSettings& settings, Diagnostics& diagnostics) {
  const Member* member = root.find("worker");
  if (member == nullptr) return;
  Section worker = root.inside(*member);
  agree(settings.id, read_setting(worker, "id"), "worker.id", diagnostics);
  agree(settings.data_dir, read_setting(worker, "data_dir"), "worker.data_dir", diagnostics);
  for (const Node* folder : worker.text_nodes("plugin_path"))
    settings.plugin_path.push_back({folder->text(), folder->written(), folder->place()});
  worker.not_yet("listen", "there is no REST interface yet; remove it");
  worker.finish();
}

// One worker has one inbox.
void read_erasure_once(Section& root, WorkerSettings& settings, Diagnostics& diagnostics) {
  const Member* member = root.find("erasure");
  if (member == nullptr) return;
  if (settings.erasure) {
    diagnostics.error(member->place, "'erasure' is in " + to_string(settings.erasure_place) +
                                         " already; one worker has one, so keep one of the two");
    return;
  }
  settings.erasure = read_erasure(root, diagnostics);
  settings.erasure_place = member->place;
}

// A worker file has nothing but these sections; a pipeline file has others that are read elsewhere.
void read_file(const Node& file, bool is_worker_file, WorkerSettings& settings,
               Diagnostics& diagnostics) {
  Section root(file, {file.place().file, 1, 1}, "", diagnostics);
  read_worker(root, settings, diagnostics);
  agree(settings.kms, read_kms(root, diagnostics), diagnostics);
  read_erasure_once(root, settings, diagnostics);
  root.not_yet("cluster", "remove the section");
  if (is_worker_file)
    root.finish();
  else
    agree(settings.kms, lift_kms(file, diagnostics), diagnostics);
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "worker";
  return name.data();
}

std::string in_folder(const std::string& folder, std::string_view name) {
  return (folder + (folder.back() == '/' ? "" : "/")).append(name);
}

KmsConfig make_kms(const KmsSettings& settings, const std::string& data_dir) {
  KmsConfig kms;
  kms.tenant = settings.tenant ? settings.tenant->value : "default";
  kms.root_is_default = !settings.root;
  kms.root = settings.root ? settings.root->value : std::string(kDefaultRoot);
  const std::string root = kms.root.substr(std::min(kms.root.size(), kFileRoot.size()));
  kms.root_path = root.rfind('/', 0) == 0 ? root : in_folder(data_dir, root);
  kms.store_is_default = !settings.store;
  if (!settings.store)
    kms.store_path = in_folder(data_dir, kDefaultStore);
  else if (settings.store->value == "memory")
    kms.store = StoreKind::kMemory;
  else if (settings.store->value.starts_with(kPostgres)) {
    kms.store = StoreKind::kPostgres;
    kms.store_conninfo = settings.store->value.substr(kPostgres.size());
  } else if (settings.kafka_store) {
    kms.store = StoreKind::kKafka;
  } else
    kms.store_path = settings.store->value.substr(kSqlite.size());
  kms.kafka_store = settings.kafka_store;
  kms.clear_key_names = settings.key_names && settings.key_names->value == "clear";
  if (settings.max_keys)
    kms.max_cached_keys =
        static_cast<std::uint64_t>(parse_integer(settings.max_keys->value).value_or(0));
  if (settings.lease) kms.lease = parse_duration(settings.lease->value);
  if (settings.redis) kms.redis = settings.redis->value;
  if (settings.cache_ttl)
    kms.cache_ttl = parse_duration(settings.cache_ttl->value).value_or(kms.cache_ttl);
  return kms;
}

Node text(std::string value) {
  return Node::scalar(std::move(value), {}, false);
}

Node written(const std::optional<Setting>& setting, std::string_view fallback) {
  return text(setting ? setting->written : std::string(fallback));
}

Node describe_store(const std::optional<Setting>& store,
                    const std::optional<KafkaStore>& kafka_store, const std::string& data_dir) {
  Node described = Node::map({});
  if (!store)
    described.set("sqlite", {}, text(in_folder(data_dir, kDefaultStore)));
  else if (store->written == "memory")
    described.set("memory", {}, Node::map({}));
  else if (kafka_store)
    described.set("kafka", {}, kafka_store->shown);
  else if (store->written.starts_with(kPostgres))
    described.set("postgres", {}, text(without_password(store->written.substr(kPostgres.size()))));
  else
    described.set("sqlite", {}, text(store->written.substr(kSqlite.size())));
  return described;
}

Node describe(const WorkerSettings& settings, const WorkerConfig& config) {
  Node worker = Node::map({});
  worker.set("id", {}, written(settings.id, config.id));
  Node folders = Node::list({});
  for (const Setting& folder : settings.plugin_path) folders.push(text(folder.written));
  worker.set("plugin_path", {}, std::move(folders));
  Node data_dir = written(settings.data_dir, kDefaultDataDir);
  Node kms = Node::map({});
  kms.set("store", {},
          describe_store(settings.kms.store, settings.kms.kafka_store, data_dir.written()));
  worker.set("data_dir", {}, std::move(data_dir));
  kms.set("tenant", {}, written(settings.kms.tenant, "default"));
  kms.set("root", {}, written(settings.kms.root, kDefaultRoot));
  kms.set("key_names", {}, written(settings.kms.key_names, "pseudonym"));
  Node cache = Node::map({});
  cache.set("max_keys", {}, text(std::to_string(config.kms.max_cached_keys)));
  if (settings.kms.redis) {
    cache.set("redis", {}, text(without_password(settings.kms.redis->written)));
    cache.set("ttl", {}, text(format_duration(config.kms.cache_ttl)));
  }
  kms.set("cache", {}, std::move(cache));
  if (settings.kms.lease) kms.set("lease", {}, text(settings.kms.lease->written));
  Node effective = Node::map({});
  effective.set("worker", {}, std::move(worker));
  effective.set("kms", {}, std::move(kms));
  if (settings.erasure) {
    Node erasure = settings.erasure->effective;
    effective.set("erasure", {}, std::move(erasure));
  }
  return effective;
}

}  // namespace

Result<WorkerConfig> load_worker(const Node* worker_file, const std::vector<const Node*>& pipelines,
                                 Diagnostics& diagnostics) {
  WorkerSettings settings;
  if (worker_file != nullptr) read_file(*worker_file, true, settings, diagnostics);
  for (const Node* pipeline : pipelines) read_file(*pipeline, false, settings, diagnostics);
  LETHE_TRY(diagnostics.verdict("the worker"));
  WorkerConfig config;
  config.id = settings.id ? settings.id->value : host_name();
  for (const Setting& folder : settings.plugin_path) config.plugin_path.push_back(folder.value);
  if (settings.data_dir) config.data_dir = settings.data_dir->value;
  config.kms = make_kms(settings.kms, config.data_dir);
  config.effective = describe(settings, config);
  config.erasure = std::move(settings.erasure);
  return config;
}

}  // namespace lethe::worker::config
