// SPDX-License-Identifier: Apache-2.0
#include "worker/config/cross_checks.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "worker/config/patterns.h"
#include "worker/config/transforms.h"

namespace lethe::worker::config {
namespace {

class CrossChecks {
 public:
  CrossChecks(const PipelineConfig& config, Diagnostics& diagnostics)
      : config_(config),
        diagnostics_(diagnostics),
        source_(std::get_if<KafkaSource>(&config.source)),
        sink_(std::get_if<KafkaSink>(&config.sink)) {}

  void run() const {
    check_topic_names();
    check_sink_loop();
    check_dead_letter_topic();
    check_policies();
    check_pass();
    check_files();
  }

 private:
  Place place_of(std::string_view path) const { return locate(config_.tree, path).node->place(); }

  void error(std::string_view path, std::string message) const {
    diagnostics_.error(place_of(path), std::move(message));
  }

  bool is_known(std::string_view path) const {
    const Located located = locate(config_.tree, path);
    return located.exact && located.node->is_scalar() && !located.node->is_unresolved();
  }

  void check_topic_names() const {
    if (source_ != nullptr) check_source_topics();
    if (sink_ != nullptr && is_known("sink.kafka.topic")) {
      const std::string rendered = render_topic(sink_->topic, "t");
      if (!is_topic_template(sink_->topic))
        error("sink.kafka.topic",
              "'sink.kafka.topic' may hold {{record.topic}} and no other "
              "template; split the pipeline where topics differ otherwise");
      else if (!is_topic_name(rendered))
        error("sink.kafka.topic", std::string("'sink.kafka.topic' ") + kNoTopic);
    }
    const auto* dead_letter = dead_letter_topic();
    if (dead_letter != nullptr && is_known(kDeadLetterPath) && !is_topic_name(dead_letter->topic))
      error(kDeadLetterPath, std::string("'dead_letter.kafka.topic' ") + kNoTopic);
  }

  void check_source_topics() const {
    const Node& topics = *locate(config_.tree, "source.kafka.topics").node;
    if (topics.is_scalar()) return check_source_topic("source.kafka.topics");
    for (std::size_t i = 0; i < topics.items().size(); ++i)
      check_source_topic("source.kafka.topics[" + std::to_string(i) + "]");
  }

  void check_source_topic(const std::string& path) const {
    if (is_known(path) && !is_topic_name(locate(config_.tree, path).node->text()))
      error(path, "'" + path + "' " + kNoTopic + "; a pattern goes to 'topics_pattern'");
  }

  bool is_source_topic(const std::string& topic) const {
    const auto& topics = source_->topics;
    return std::find(topics.begin(), topics.end(), topic) != topics.end() ||
           subscribes(source_->topics_pattern, topic);
  }

  void check_sink_loop() const {
    if (source_ == nullptr || sink_ == nullptr) return;
    if (!same_cluster(source_->brokers, sink_->brokers)) return;
    const bool by_name =
        std::any_of(source_->topics.begin(), source_->topics.end(), [&](const std::string& topic) {
          return is_source_topic(render_topic(sink_->topic, topic));
        });
    const bool by_pattern =
        !source_->topics_pattern.empty() && feeds_itself(source_->topics_pattern, sink_->topic);
    if (by_name || by_pattern)
      error("sink.kafka.topic",
            "the sink writes to a topic that the source reads: an endless "
            "loop; write another topic, such as '{{record.topic}}.out'");
  }

  const DeadLetter::Kafka* dead_letter_topic() const {
    return config_.dead_letter ? std::get_if<DeadLetter::Kafka>(&config_.dead_letter->place)
                               : nullptr;
  }

  void check_dead_letter_topic() const {
    const auto* dead_letter = dead_letter_topic();
    if (dead_letter == nullptr || dead_letter->topic.empty()) return;
    if (source_ != nullptr && same_cluster(source_->brokers, dead_letter->brokers) &&
        is_source_topic(dead_letter->topic))
      error(kDeadLetterPath,
            "the dead-letter topic is also a topic of the source: dead letters "
            "would come back in; write another topic");
    if (sink_ != nullptr && same_cluster(sink_->brokers, dead_letter->brokers) &&
        is_sink_topic(dead_letter->topic))
      error(kDeadLetterPath,
            "the dead-letter topic is also the topic of the sink: readers could "
            "not tell them apart; write another topic");
  }

  bool is_sink_topic(const std::string& topic) const {
    if (sink_->topic == topic) return true;
    if (source_ == nullptr) return false;
    return std::any_of(
        source_->topics.begin(), source_->topics.end(),
        [&](const std::string& from) { return render_topic(sink_->topic, from) == topic; });
  }

  void check_policies() const {
    if (config_.dead_letter) return;
    constexpr std::string_view kRemedy =
        "'dead_letter' needs a place: add 'dead_letter: {kafka: {topic: NAME}}' or 'dead_letter: "
        "{file: PATH}'";
    if (config_.tree.find("dead_letter") != nullptr) return;  // already an error of its own
    if (config_.on_error.mentions(Policy::kDeadLetter)) error("on_error", std::string(kRemedy));
    for (const TransformConfig& transform : config_.transforms)
      if (transform.on_error.mentions(Policy::kDeadLetter))
        diagnostics_.error(transform.place, std::string(kRemedy));
  }

  // The pipeline's own policy reaches encrypt unless encrypt has a word of its own for that kind.
  void check_pass() const {
    if (!config_.on_error.mentions(Policy::kPass)) return;
    for (const TransformConfig& transform : config_.transforms) {
      if (transform.plugin != kEncrypt) continue;
      for (const ErrorKind kind : {ErrorKind::kBadRecord, ErrorKind::kUnknownKey,
                                   ErrorKind::kShredded, ErrorKind::kBlocked}) {
        const bool inherited = kind == ErrorKind::kUnknownKey && !transform.on_error.unknown_key &&
                               !config_.on_error.unknown_key;
        if (inherited) continue;  // said of bad_record already
        if (resolve(kind, transform.on_error, config_.on_error) == Policy::kPass)
          error("on_error." + std::string(to_string(kind)),
                "'pass' cannot hold for 'encrypt': what it failed to encrypt would leave in "
                "clear; choose stop, dead_letter or drop, or write 'pass' at other transforms");
      }
    }
  }

  void check_files() const {
    const auto* source = std::get_if<FileSource>(&config_.source);
    const auto* sink = std::get_if<FileSink>(&config_.sink);
    const auto* dead =
        config_.dead_letter ? std::get_if<DeadLetter::File>(&config_.dead_letter->place) : nullptr;
    if (source != nullptr && sink != nullptr && same_file(source->path, sink->path))
      error("sink.file.path", "the sink writes the file that the source reads; write another path");
    if (dead == nullptr) return;
    if ((source != nullptr && same_file(source->path, dead->path)) ||
        (sink != nullptr && same_file(sink->path, dead->path)))
      error("dead_letter.file.path",
            "dead letters go to a file that the source reads or the sink writes; write another "
            "path");
  }

  static bool same_file(const std::string& a, const std::string& b) {
    const std::filesystem::path one(a);
    const std::filesystem::path other(b);
    if (one.lexically_normal() == other.lexically_normal()) return true;
    std::error_code ignored;  // what does not exist yet is not the same file
    return std::filesystem::equivalent(one, other, ignored) && !is_device(one);
  }

  // /dev/stdin, /dev/null and pipes may well serve both ways.
  static bool is_device(const std::filesystem::path& path) {
    std::error_code ignored;
    return !std::filesystem::is_regular_file(path, ignored);
  }

  static constexpr std::string_view kDeadLetterPath = "dead_letter.kafka.topic";
  static constexpr const char* kNoTopic =
      "is no name of a topic: letters, digits, '.', '_' and '-', at most 249";

  const PipelineConfig& config_;
  Diagnostics& diagnostics_;
  const KafkaSource* source_;
  const KafkaSink* sink_;
};

}  // namespace

void cross_check(const PipelineConfig& config, Diagnostics& diagnostics) {
  CrossChecks(config, diagnostics).run();
}

}  // namespace lethe::worker::config
