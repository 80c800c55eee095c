// SPDX-License-Identifier: Apache-2.0
//
// Writes Kafka topics with an idempotent producer, all replicas acknowledging. Keys, headers,
// timestamps and tombstones pass unchanged; values are not copied, a batch lives until its
// deliveries are reported. A keyed record goes where Java's murmur2 puts it, a keyless one to its
// source partition modulo the target's count, so that records of one source partition keep their
// order in a target partition. Dead letters go through the same producer and are awaited like the
// rest.
//
// A refusal that the broker states for a whole produce request (too large, invalid) does not say
// which record is meant. The sink then asks to be rewound (transient) and writes one record at a
// time until it is past the place: the culprit is refused singly and nothing changes its order.

#ifndef LETHE_CONNECTORS_KAFKA_SINK_H_
#define LETHE_CONNECTORS_KAFKA_SINK_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "connectors/kafka/client.h"
#include "connectors/sink.h"

namespace lethe::connectors::kafka {

struct SinkOptions {
  ClientOptions client;
  std::string topic = "{{record.topic}}";
  std::string dead_letter_topic = {};  // empty: dead letters are not this sink's
  // A missing topic is bad_config, or is created: as many partitions as the record's own topic has
  // on this cluster (0) or as named, with the broker's default replication (-1) or as named.
  bool create_topics = false;
  std::int32_t partitions = 0;
  std::int16_t replication = -1;
  // A record that is not delivered within this time is not delivered at all, but tried again: what
  // was made with a key must not arrive when the key may be gone.
  std::chrono::milliseconds longest_delivery = std::chrono::hours(24);
  // How long write() may wait for topics to be looked up or for room in the client's queue.
  std::chrono::milliseconds write_deadline{30'000};
};

// Connects in the background. bad_config: properties as in client.h, a topic that is no template.
Result<std::unique_ptr<Sink>> make_sink(SinkOptions options);

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_SINK_H_
