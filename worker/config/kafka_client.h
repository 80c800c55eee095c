// SPDX-License-Identifier: Apache-2.0
//
// The `client:` map of a Kafka source or sink: properties of the client library, passed through as
// they are. Those by which Lethe keeps its promises (groups, offsets, order, durability) are ours
// and an error here; a few legal ones are worth a warning. Pure functions.

#ifndef LETHE_WORKER_CONFIG_KAFKA_CLIENT_H_
#define LETHE_WORKER_CONFIG_KAFKA_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/config/section.h"

namespace lethe::worker::config {

using Properties = std::vector<std::pair<std::string, std::string>>;  // in the order of the file

enum class KafkaRole : std::uint8_t { kConsumer, kProducer };

// Reads the member `client` of a kafka section.
Properties read_client(Section& kafka, KafkaRole role, Diagnostics& diagnostics);

// True for properties whose value is a secret: dumps hide it, a literal one is a warning.
bool is_secret_property(std::string_view name);

// True if the two lists of brokers ("host:port,host:port") have one in common.
bool same_cluster(std::string_view brokers, std::string_view others);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_KAFKA_CLIENT_H_
