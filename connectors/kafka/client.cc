// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/client.h"

#include <algorithm>
#include <array>

#include "connectors/kafka/errors.h"
#include "connectors/kafka/handles.h"

namespace lethe::connectors::kafka {
namespace {

// A trailing '*' stands for any rest. Aliases of the library are listed, too.
constexpr std::array<std::string_view, 21> kOurs = {
    "bootstrap.servers",
    "metadata.broker.list",
    "group.id",
    "group.instance.id",
    "transactional.id",
    "enable.auto.*",
    "auto.commit.*",
    "offset.store.*",
    "isolation.level",
    "partition.assignment.strategy",
    "enable.partition.eof",
    "partitioner",
    "enable.idempotence",
    "enable.gapless.guarantee",
    "acks",
    "request.required.acks",
    "max.in.flight*",
    "queuing.strategy",
    "delivery.report.only.error",
    "allow.auto.create.topics",
    "plugin.library.paths",
};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

void forward_log(const rd_kafka_t* client, int level, const char* facility, const char* line) {
  const auto* context = static_cast<const ClientContext*>(rd_kafka_opaque(client));
  if (context->log) context->log(level, facility, line);
}

Result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  // The library's text may quote the value, which may be a secret: only the code is used.
  std::array<char, 512> unused{};
  switch (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), unused.data(), unused.size())) {
    case RD_KAFKA_CONF_OK:
      return {};
    case RD_KAFKA_CONF_UNKNOWN:
      return bad_config("the Kafka client has no property '" + name + "'; correct it under client");
    default:
      return bad_config("the Kafka client does not accept the value of its property '" + name +
                        "'; correct it under client");
  }
}

}  // namespace

bool is_ours(std::string_view property) {
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view pattern) { return matches(pattern, property); });
}

Result<void> check_properties(const Properties& properties) {
  for (const auto& [name, value] : properties) {
    if (is_ours(name)) {
      return bad_config("the Kafka property '" + name +
                        "' is set by the worker, which relies on it; remove it from client");
    }
  }
  return {};
}

Result<Client> make_client(rd_kafka_type_t type, const ClientOptions& options,
                           const RoleProperties& role, void* self,
                           void (*set_callbacks)(rd_kafka_conf_t* conf)) {
  LETHE_TRY(check_properties(options.properties));
  const auto context = std::make_shared<ClientContext>(ClientContext{options.log, self});
  Conf conf(rd_kafka_conf_new());
  LETHE_TRY(set(conf.get(), "bootstrap.servers", options.brokers));
  for (const auto& [name, value] : role.defaults) LETHE_TRY(set(conf.get(), name, value));
  for (const auto& [name, value] : options.properties) LETHE_TRY(set(conf.get(), name, value));
  for (const auto& [name, value] : role.ours) LETHE_TRY(set(conf.get(), name, value));
  rd_kafka_conf_set_opaque(conf.get(), context.get());
  rd_kafka_conf_set_log_cb(conf.get(), forward_log);
  set_callbacks(conf.get());
  std::array<char, 512> unused{};
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), unused.data(), unused.size());
  if (client == nullptr) {
    return bad_config("the Kafka client for " + options.brokers + " cannot be made (" +
                      std::string(name_of(rd_kafka_last_error())) +
                      "); check security.protocol, ssl.* and sasl.* under client");
  }
  static_cast<void>(conf.release());  // the client owns it now
  return Client(client, [context](rd_kafka_t* made) { rd_kafka_destroy(made); });
}

}  // namespace lethe::connectors::kafka
