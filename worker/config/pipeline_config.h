// SPDX-License-Identifier: Apache-2.0
//
// A pipeline as typed structs, all defaults filled in: what wiring.cc builds sources, chains and
// sinks from. Made by lint.h; plain values, immutable by custom, readable from any thread.
// References to secrets are resolved if the file was read with References::kResolve.

#ifndef LETHE_WORKER_CONFIG_PIPELINE_CONFIG_H_
#define LETHE_WORKER_CONFIG_PIPELINE_CONFIG_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "worker/config/error_policy.h"
#include "worker/config/kafka_client.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

struct KafkaSource {
  std::string brokers;
  std::vector<std::string> topics;  // or else:
  std::string topics_pattern;       // POSIX extended, begins with '^'
  std::string group;
  Properties client;
};

struct FileSource {
  std::string path;
  bool follow = false;    // keep positions and wait for more; else each run reads all
  std::string key_field;  // path of the field that becomes the record's key; empty: no key
  bool envelope = false;  // a line is {key, value, headers, timestamp} instead of the value
};

struct StdioSource {
  std::string key_field;
  bool envelope = false;
};

using Source = std::variant<KafkaSource, FileSource, StdioSource>;

struct KafkaSink {
  std::string brokers;
  std::string topic;  // a template: "{{record.topic}}.encrypted"
  bool create_topics = false;
  std::int32_t partitions = 0;    // of created topics; 0: as many as the source topic has
  std::int16_t replication = -1;  // of created topics; -1: the broker's default
  Properties client;
};

struct FileSink {
  std::string path;
  bool append = false;  // else the output is replaced, atomically, when the run ends
  bool envelope = false;
};

struct StdioSink {
  bool envelope = false;
};

using Sink = std::variant<KafkaSink, FileSink, StdioSink>;

struct DeadLetter {
  struct Kafka {
    std::string brokers;
    std::string topic;
    Properties client;
  };
  struct File {
    std::string path;
  };
  std::variant<Kafka, File> place;
  bool original = false;  // clear copies of what failed in or before encrypt; else sealed whole
};

enum class Delivery : std::uint8_t { kAtLeastOnce };

struct PredicateConfig {
  std::string plugin;
  Node options = Node::map({});
  Place place;
};

struct TransformConfig {
  std::string plugin;
  Node options = Node::map({});  // native form, also for interceptor blocks
  std::optional<PredicateConfig> when;
  std::optional<PredicateConfig> unless;
  OnError on_error;  // what is not spelled out here comes from the pipeline
  // Only records whose source topic matches as a whole (ECMAScript) are treated; empty: all.
  std::string topic_pattern;
  Place place;
};

struct PipelineConfig {
  std::string file;
  std::string name;
  std::string dataset;
  Source source;
  std::vector<TransformConfig> transforms;
  Sink sink;
  Delivery delivery = Delivery::kAtLeastOnce;
  std::uint32_t tasks = 1;
  OnError on_error;
  std::optional<DeadLetter> dead_letter;
  std::uint64_t max_in_flight = std::uint64_t{64} << 20;  // bytes the sink may hold unconfirmed
  std::chrono::milliseconds drain_deadline{30'000};       // a stop waits so long for the sink

  // The document; locate(tree, "sink.kafka.topic") finds the place of a later complaint.
  Node tree = Node::map({});
};

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_PIPELINE_CONFIG_H_
