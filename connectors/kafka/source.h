// SPDX-License-Identifier: Apache-2.0
//
// Reads Kafka topics as a member of a consumer group. Only committed records of transactions are
// read; offsets move when commit() says so and never by themselves. A partition without a committed
// offset starts at its earliest record. Rebalances are served inside read(), idle() and close(),
// with the eager protocol: all partitions are given up, drained and committed, before new ones
// come.

#ifndef LETHE_CONNECTORS_KAFKA_SOURCE_H_
#define LETHE_CONNECTORS_KAFKA_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/client.h"
#include "connectors/source.h"

namespace lethe::connectors::kafka {

struct SourceOptions {
  ClientOptions client;
  std::vector<std::string> topics;  // names, or patterns that begin with '^'
  std::string group;
  std::size_t batch_records = 1000;
  std::size_t batch_bytes = std::size_t{1} << 20;  // exceeded by at most one record
  // How often committed checkpoints go to the broker; those not yet sent are sent when partitions
  // are given up and on close().
  std::chrono::milliseconds commit_interval{1000};
};

// Joins the group in the background: no broker need be there yet. bad_config: a property that is
// ours, unknown or malformed; a topic pattern that is no regular expression.
Result<std::unique_ptr<Source>> make_source(SourceOptions options);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_SOURCE_H_
