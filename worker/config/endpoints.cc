// SPDX-License-Identifier: Apache-2.0
#include "worker/config/endpoints.h"

#include <array>
#include <limits>
#include <utility>

#include "worker/config/patterns.h"

namespace lethe::worker::config {
namespace {

enum class System : std::uint8_t { kKafka, kFile, kStdio };

constexpr std::array kSystems = {
    Word<System>{"kafka", System::kKafka},
    Word<System>{"file", System::kFile},
    Word<System>{"stdio", System::kStdio},
};

struct Chosen {
  System system;
  const Member* member;  // its options; for a bare `stdio`, the endpoint itself
};

// The one system that an endpoint names.
std::optional<Chosen> choose(const Section& root, const Member& endpoint,
                             Diagnostics& diagnostics) {
  if (endpoint.value.is_scalar() && endpoint.value.text() == "stdio")
    return Chosen{System::kStdio, &endpoint};
  Section section = root.inside(endpoint);
  std::optional<Chosen> chosen;
  for (const Word<System>& word : kSystems) {
    const Member* member = section.find(word.name);
    if (member == nullptr) continue;
    if (chosen)
      diagnostics.error(member->place, "'" + endpoint.name + "' names two systems, '" +
                                           chosen->member->name + "' and '" + member->name +
                                           "'; keep one");
    else
      chosen = Chosen{word.value, member};
  }
  section.finish();
  if (!chosen && (endpoint.value.is_map() || endpoint.value.is_blank()))
    diagnostics.error(endpoint.place,
                      "'" + endpoint.name + "' must name a system: kafka, file or stdio");
  return chosen;
}

bool is_bare(const Member& member) {
  return member.value.is_scalar();
}

// The path of `file: PATH` or of `file: {path: PATH}`.
std::string read_path(Section& file, const Section& parent, const Member& member) {
  if (is_bare(member)) return parent.read_text(member).value_or("");
  return file.required_text("path", "the file to use");
}

// A section for what a member holds; short forms hold nothing.
Section options_of(const Section& parent, const Member& member, const Node& none,
                   Diagnostics& diagnostics) {
  if (!is_bare(member)) return parent.inside(member);
  return {none, member.place, parent.name_of(member.name), diagnostics};
}

Source read_kafka_source(Section kafka, const std::string& group, Diagnostics& diagnostics) {
  KafkaSource source;
  source.brokers = kafka.required_text("brokers", "host:port, several by comma");
  source.topics = kafka.texts("topics");
  source.topics_pattern = kafka.text("topics_pattern");
  source.group = kafka.text("group", group);
  source.client = read_client(kafka, KafkaRole::kConsumer, diagnostics);
  const Member* pattern = kafka.find("topics_pattern");
  const Member* topics = kafka.find("topics");
  kafka.finish();
  if (pattern != nullptr && topics != nullptr)
    diagnostics.error(pattern->place, "'topics' and 'topics_pattern' are both given; keep one");
  if (pattern == nullptr && source.topics.empty() && kafka.is_usable())
    diagnostics.error(topics == nullptr ? kafka.where() : topics->place,
                      "'source.kafka' needs 'topics: [NAME, ...]' or 'topics_pattern: ^PATTERN'");
  if (pattern == nullptr || source.topics_pattern.empty()) return source;
  if (source.topics_pattern.front() != '^') source.topics_pattern.insert(0, "^");
  if (!pattern->value.is_unresolved() && !is_subscription(source.topics_pattern))
    diagnostics.error(pattern->value.place(),
                      "'source.kafka.topics_pattern' is not a regular "
                      "expression (POSIX extended)");
  return source;
}

Sink read_kafka_sink(Section kafka, const Source& source, Diagnostics& diagnostics) {
  constexpr std::int64_t kMostPartitions = 200'000;
  const auto* from = std::get_if<KafkaSource>(&source);
  KafkaSink sink;
  if (from == nullptr)
    sink.brokers = kafka.required_text("brokers", "host:port, several by comma");
  else
    sink.brokers = kafka.text("brokers", from->brokers);
  sink.topic = kafka.required_text("topic", "a name or a template such as '{{record.topic}}.out'");
  sink.create_topics = kafka.boolean("create_topics", false);
  sink.partitions = static_cast<std::int32_t>(kafka.integer("partitions", 0, 1, kMostPartitions));
  sink.replication = static_cast<std::int16_t>(
      kafka.integer("replication", -1, 1, std::numeric_limits<std::int16_t>::max()));
  sink.client = read_client(kafka, KafkaRole::kProducer, diagnostics);
  for (const std::string_view name : {"partitions", "replication"}) {
    const Member* member = kafka.find(name);
    if (member != nullptr && !sink.create_topics)
      diagnostics.error(member->place, "'sink.kafka." + member->name +
                                           "' describes topics that are created: add "
                                           "'create_topics: true' or remove it");
  }
  kafka.finish();
  return sink;
}

// An endless source cannot replace its output at the end of a run.
bool appends_by_default(const Source& source) {
  if (const auto* file = std::get_if<FileSource>(&source)) return file->follow;
  return std::holds_alternative<KafkaSource>(source);
}

Sink read_file_sink(Section file, const Section& endpoint, const Member& member,
                    const Source& source, Diagnostics& diagnostics) {
  FileSink sink;
  sink.path = read_path(file, endpoint, member);
  const bool fallback = appends_by_default(source);
  const Member* append = file.find("append");
  const Member* follow = file.find("follow");
  if (append != nullptr && follow != nullptr)
    diagnostics.error(follow->place, "'append' and 'follow' mean the same here; keep one");
  sink.append = file.boolean(append == nullptr ? "follow" : "append", fallback);
  const Member* spelled = append == nullptr ? follow : append;
  if (fallback && !sink.append && spelled != nullptr)
    diagnostics.error(spelled->place,
                      "this source goes on where it stopped, so its output must be appended to; "
                      "remove '" +
                          spelled->name + "'");
  sink.envelope = file.boolean("envelope", false);
  file.finish();
  return sink;
}

}  // namespace

Source read_source(Section& root, const std::string& group, Diagnostics& diagnostics) {
  const Member* source = root.require("source", "where records come from: kafka, file or stdio");
  if (source == nullptr) return StdioSource{};
  const auto chosen = choose(root, *source, diagnostics);
  if (!chosen) return StdioSource{};
  const Node none = Node::map({});
  const Section endpoint = options_of(root, *source, none, diagnostics);
  Section options = options_of(endpoint, *chosen->member, none, diagnostics);
  if (chosen->system == System::kKafka)
    return read_kafka_source(endpoint.inside(*chosen->member), group, diagnostics);
  std::string key_field = options.text("key_field");
  const bool envelope = options.boolean("envelope", false);
  if (const Member* member = options.find("key_field"); member != nullptr && envelope)
    diagnostics.error(member->place, "an envelope carries the key itself; remove 'key_field'");
  if (chosen->system == System::kStdio) {
    options.finish();
    return StdioSource{std::move(key_field), envelope};
  }
  FileSource file{{}, options.boolean("follow", false), std::move(key_field), envelope};
  file.path = read_path(options, endpoint, *chosen->member);
  options.finish();
  return file;
}

Sink read_sink(Section& root, const Source& source, Diagnostics& diagnostics) {
  const Member* sink = root.require("sink", "where records go: kafka, file or stdio");
  if (sink == nullptr) return StdioSink{};
  const auto chosen = choose(root, *sink, diagnostics);
  if (!chosen) return StdioSink{};
  const Node none = Node::map({});
  const Section endpoint = options_of(root, *sink, none, diagnostics);
  if (chosen->system == System::kKafka)
    return read_kafka_sink(endpoint.inside(*chosen->member), source, diagnostics);
  Section options = options_of(endpoint, *chosen->member, none, diagnostics);
  if (chosen->system == System::kFile)
    return read_file_sink(std::move(options), endpoint, *chosen->member, source, diagnostics);
  StdioSink stdio{options.boolean("envelope", false)};
  options.finish();
  return stdio;
}

namespace {

std::string inherited_brokers(const Source& source, const Sink& sink) {
  if (const auto* kafka = std::get_if<KafkaSink>(&sink)) return kafka->brokers;
  if (const auto* kafka = std::get_if<KafkaSource>(&source)) return kafka->brokers;
  return {};
}

DeadLetter::Kafka read_dead_letter_topic(Section kafka, const std::string& brokers,
                                         Diagnostics& diagnostics) {
  DeadLetter::Kafka place;
  place.topic = kafka.required_text("topic", "the topic for dead letters");
  place.brokers = brokers.empty() ? kafka.required_text("brokers", "host:port, several by comma")
                                  : kafka.text("brokers", brokers);
  place.client = read_client(kafka, KafkaRole::kProducer, diagnostics);
  kafka.finish();
  return place;
}

constexpr std::array kPayloads = {Word<bool>{"sealed", false}, Word<bool>{"original", true}};

}  // namespace

std::optional<DeadLetter> read_dead_letter(Section& root, const Source& source, const Sink& sink,
                                           Diagnostics& diagnostics) {
  const Member* member = root.find("dead_letter");
  if (member == nullptr) return std::nullopt;
  Section section = root.inside(*member);
  DeadLetter dead_letter;
  dead_letter.original = section.choice("payload", false, kPayloads);
  const Member* kafka = section.find("kafka");
  const Member* file = section.find("file");
  section.finish();
  if ((kafka == nullptr) == (file == nullptr)) {
    diagnostics.error(member->place,
                      "'dead_letter' needs one place: 'kafka: {topic: NAME}' or 'file: PATH'");
    return std::nullopt;
  }
  if (kafka != nullptr) {
    dead_letter.place = read_dead_letter_topic(section.inside(*kafka),
                                               inherited_brokers(source, sink), diagnostics);
    return dead_letter;
  }
  const Node none = Node::map({});
  Section options = options_of(section, *file, none, diagnostics);
  dead_letter.place = DeadLetter::File{read_path(options, section, *file)};
  options.finish();
  return dead_letter;
}

}  // namespace lethe::worker::config
