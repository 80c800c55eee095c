// SPDX-License-Identifier: Apache-2.0
#include "worker/config/kafka_client.h"

#include <algorithm>
#include <array>

#include "worker/config/quantities.h"

namespace lethe::worker::config {
namespace {

struct Ours {
  std::string_view name;  // a trailing '*' stands for any rest
  std::string_view why;
};

constexpr std::array kOurs = {
    Ours{"bootstrap.servers", "write 'brokers' beside 'client'"},
    Ours{"metadata.broker.list", "write 'brokers' beside 'client'"},
    Ours{"group.id", "write 'group' beside 'client'"},
    Ours{"group.instance.id", "each task is a member of its own"},
    Ours{"transactional.id", "transactions belong to 'delivery'"},
    Ours{"enable.auto.*", "offsets are committed when the output is durable"},
    Ours{"auto.commit.*", "offsets are committed when the output is durable"},
    Ours{"offset.store.*", "offsets are committed when the output is durable"},
    Ours{"isolation.level", "only committed records are read"},
    Ours{"partition.assignment.strategy", "rebalances are served by the worker"},
    Ours{"enable.partition.eof", "the worker asks for it where it is needed"},
    Ours{"partitioner", "keys go to the partitions where Java clients put them"},
    Ours{"partitioner_cb", "keys go to the partitions where Java clients put them"},
    Ours{"sticky.partitioning.linger.ms", "the worker chooses the partition"},
    Ours{"enable.idempotence", "the producer is always idempotent"},
    Ours{"enable.gapless.guarantee", "the producer is always idempotent"},
    Ours{"acks", "a record counts when all replicas have it"},
    Ours{"request.required.acks", "a record counts when all replicas have it"},
    Ours{"max.in.flight*", "the order of records depends on it"},
    Ours{"queuing.strategy", "the order of records depends on it"},
    Ours{"delivery.report.only.error", "every delivery is confirmed"},
    Ours{"allow.auto.create.topics", "write 'create_topics' at the sink"},
    Ours{"plugin.library.paths", "the client loads no libraries of its own"},
    Ours{"*_cb", "a callback cannot be written in a file"},
};

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.front() == '*') {
    pattern.remove_prefix(1);
    return name.size() >= pattern.size() && name.substr(name.size() - pattern.size()) == pattern;
  }
  if (pattern.back() != '*') return name == pattern;
  pattern.remove_suffix(1);
  return name.substr(0, pattern.size()) == pattern;
}

const Ours* find_ours(std::string_view name) {
  const auto found = std::find_if(kOurs.begin(), kOurs.end(),
                                  [&](const Ours& ours) { return matches(ours.name, name); });
  return found == kOurs.end() ? nullptr : &*found;
}

// Measured: with less queue the fetcher sleeps up to a second whenever it is full.
constexpr std::int64_t kSmallQueue = 65536;
// Measured: few messages in the queue stop the fetcher long before its bytes do.
constexpr std::int64_t kFewMessages = 100'000;

void warn_small(const Member& property, std::int64_t least, std::string_view remedy,
                Diagnostics& diagnostics) {
  const auto value = parse_integer(property.value.text());
  if (property.value.has_reference() || !value || *value >= least) return;
  diagnostics.warning(property.value.place(), "'" + property.name + "' below " +
                                                  std::to_string(least) +
                                                  " makes reading slow: " + std::string(remedy));
}

void advise(const Member& property, KafkaRole role, Diagnostics& diagnostics) {
  if (role == KafkaRole::kConsumer && property.name == "queued.max.messages.kbytes")
    warn_small(property, kSmallQueue,
               "the client pauses fetching when its queue is full; leave it out for 128 MiB",
               diagnostics);
  if (role == KafkaRole::kConsumer && property.name == "queued.min.messages")
    warn_small(property, kFewMessages,
               "the client stops fetching with that many messages waiting; leave it out",
               diagnostics);
  if (is_secret_property(property.name) && !property.value.has_reference())
    diagnostics.warning(property.value.place(),
                        "a secret written in clear: use '${env:NAME}' or '${file:/path}'");
}

}  // namespace

bool is_secret_property(std::string_view name) {
  for (const std::string_view part : {"password", "secret", "key.pem", "oauthbearer.config"})
    if (name.find(part) != std::string_view::npos) return true;
  return false;
}

Properties read_client(Section& kafka, KafkaRole role, Diagnostics& diagnostics) {
  const Member* client = kafka.find("client");
  if (client == nullptr) return {};
  const Section section = kafka.inside(*client);
  Properties properties;
  for (const Member& property : client->value.members()) {
    if (const Ours* ours = find_ours(property.name); ours != nullptr) {
      diagnostics.error(property.place,
                        "the client property '" + property.name +
                            "' is set by Lethe and cannot be changed: " + std::string(ours->why));
      continue;
    }
    auto text = section.read_text(property);
    if (!text) continue;
    advise(property, role, diagnostics);
    properties.emplace_back(property.name, std::move(*text));
  }
  return properties;
}

namespace {

template <class F>
void for_each_broker(std::string_view brokers, F&& use) {
  while (!brokers.empty()) {
    std::string_view broker = brokers.substr(0, brokers.find(','));
    brokers.remove_prefix(std::min(brokers.size(), broker.size() + 1));
    const std::size_t begin = broker.find_first_not_of(' ');
    if (begin == std::string_view::npos) continue;
    broker = broker.substr(begin, broker.find_last_not_of(' ') - begin + 1);
    use(broker);
  }
}

}  // namespace

bool same_cluster(std::string_view brokers, std::string_view others) {
  bool common = false;
  for_each_broker(brokers, [&](std::string_view a) {
    for_each_broker(others, [&](std::string_view b) { common = common || a == b; });
  });
  return common;
}

}  // namespace lethe::worker::config
