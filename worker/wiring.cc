// SPDX-License-Identifier: Apache-2.0

#include "worker/wiring.h"

#include <utility>
#include <variant>

#include "connectors/dead_letter_split.h"
#include "connectors/file/file_sink.h"
#include "connectors/file/file_source.h"
#include "connectors/file/stream_sink.h"
#include "connectors/file/stream_source.h"
#include "worker/config/options.h"
#include "worker/config/transforms.h"
#include "worker/pipeline/builtin_predicates.h"
#include "worker/pipeline/plugin_predicate.h"
#include "worker/tenant_seal.h"
#ifdef LETHE_WITH_KAFKA
#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "worker/kafka_options.h"
#endif

namespace lethe::worker {
namespace {

using connectors::Sink;
using connectors::Source;
using pipeline::Stage;
using pipeline::StageIdentity;
using pipeline::WorkerServices;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr std::chrono::milliseconds kNoLease = std::chrono::hours(24);

// ---- sources --------------------------------------------------------------------------------

#ifndef LETHE_WITH_KAFKA
Error no_kafka() {
  return bad_config("this worker was built without Kafka (LETHE_WITH_KAFKA)");
}
#endif

Result<std::unique_ptr<Source>> make_source(const config::PipelineConfig& config, log::Log& log) {
  using Made = Result<std::unique_ptr<Source>>;
  return std::visit(Overloaded{[&](const config::FileSource& file) -> Made {
                                 connectors::file::FileSourceOptions options;
                                 options.path = file.path;
                                 options.follow = file.follow;
                                 options.format = {file.envelope, file.key_field};
                                 return std::unique_ptr<Source>(LETHE_TRY(
                                     connectors::file::FileSource::make(std::move(options))));
                               },
                               [&](const config::StdioSource& stdio) -> Made {
                                 connectors::file::StreamSourceOptions options;
                                 options.format = {stdio.envelope, stdio.key_field};
                                 return std::unique_ptr<Source>(LETHE_TRY(
                                     connectors::file::StreamSource::make(std::move(options))));
                               },
                               [&](const config::KafkaSource& kafka) -> Made {
#ifdef LETHE_WITH_KAFKA
                                 connectors::kafka::SourceOptions options;
                                 options.client = kafka_client(kafka.brokers, kafka.client, log);
                                 options.topics = kafka.topics;
                                 if (!kafka.topics_pattern.empty())
                                   options.topics = {kafka.topics_pattern};
                                 options.group = kafka.group;
                                 return connectors::kafka::make_source(std::move(options));
#else
                                 (void)kafka;
                                 (void)log;
                                 return no_kafka();
#endif
                               }},
                    config.source);
}

// ---- sinks ----------------------------------------------------------------------------------

Result<std::unique_ptr<Sink>> make_letters(const config::DeadLetter& letters, int task,
                                           log::Log& log) {
  using Made = Result<std::unique_ptr<Sink>>;
  return std::visit(Overloaded{[&](const config::DeadLetter::File& file) -> Made {
                                 connectors::file::FileSinkOptions options;
                                 options.path = dead_letter_file(file, task);
                                 options.follow = true;
                                 options.envelope = true;
                                 return std::unique_ptr<Sink>(LETHE_TRY(
                                     connectors::file::FileSink::make(std::move(options))));
                               },
                               [&](const config::DeadLetter::Kafka& kafka) -> Made {
#ifdef LETHE_WITH_KAFKA
                                 connectors::kafka::SinkOptions options;
                                 options.client = kafka_client(kafka.brokers, kafka.client, log);
                                 options.topic = kafka.topic;
                                 return connectors::kafka::make_sink(std::move(options));
#else
                                 (void)kafka;
                                 (void)log;
                                 return no_kafka();
#endif
                               }},
                    letters.place);
}

#ifdef LETHE_WITH_KAFKA
// One producer can write both where brokers and client settings are the same.
const config::DeadLetter::Kafka* same_producer(const config::PipelineConfig& config,
                                               const config::KafkaSink& sink) {
  if (!config.dead_letter) return nullptr;
  const auto* letters = std::get_if<config::DeadLetter::Kafka>(&config.dead_letter->place);
  const bool same = letters != nullptr && letters->brokers == sink.brokers &&
                    (letters->client.empty() || letters->client == sink.client);
  return same ? letters : nullptr;
}
#endif

Result<std::unique_ptr<Sink>> make_records_sink(const config::PipelineConfig& config,
                                                std::chrono::milliseconds delivery,
                                                bool& letters_included, log::Log& log) {
  using Made = Result<std::unique_ptr<Sink>>;
  letters_included = false;
  return std::visit(Overloaded{[&](const config::FileSink& file) -> Made {
                                 connectors::file::FileSinkOptions options;
                                 options.path = file.path;
                                 options.follow = file.append;
                                 options.envelope = file.envelope;
                                 return std::unique_ptr<Sink>(LETHE_TRY(
                                     connectors::file::FileSink::make(std::move(options))));
                               },
                               [&](const config::StdioSink& stdio) -> Made {
                                 connectors::file::StreamSinkOptions options;
                                 options.envelope = stdio.envelope;
                                 return std::unique_ptr<Sink>(LETHE_TRY(
                                     connectors::file::StreamSink::make(std::move(options))));
                               },
                               [&](const config::KafkaSink& kafka) -> Made {
#ifdef LETHE_WITH_KAFKA
                                 connectors::kafka::SinkOptions options;
                                 options.client = kafka_client(kafka.brokers, kafka.client, log);
                                 options.topic = kafka.topic;
                                 options.create_topics = kafka.create_topics;
                                 options.partitions = kafka.partitions;
                                 options.replication = kafka.replication;
                                 options.longest_delivery = delivery;
                                 if (const auto* letters = same_producer(config, kafka)) {
                                   options.dead_letter_topic = letters->topic;
                                   letters_included = true;
                                 }
                                 return connectors::kafka::make_sink(std::move(options));
#else
                                 (void)kafka;
                                 (void)delivery;
                                 (void)log;
                                 return no_kafka();
#endif
                               }},
                    config.sink);
}

Result<std::unique_ptr<Sink>> make_sink(const config::PipelineConfig& config, int task,
                                        std::chrono::milliseconds delivery, log::Log& log) {
  bool letters_included = false;
  std::unique_ptr<Sink> records =
      LETHE_TRY(make_records_sink(config, delivery, letters_included, log));
  if (!config.dead_letter || letters_included) return records;
  std::unique_ptr<Sink> letters = LETHE_TRY(make_letters(*config.dead_letter, task, log));
  return std::unique_ptr<Sink>(
      std::make_unique<connectors::DeadLetterSplit>(std::move(records), std::move(letters)));
}

// ---- transforms -----------------------------------------------------------------------------

pipeline::Disposition disposition_of(config::Policy policy) {
  switch (policy) {
    case config::Policy::kDeadLetter:
      return pipeline::Disposition::kDeadLetter;
    case config::Policy::kDrop:
      return pipeline::Disposition::kDiscard;
    case config::Policy::kPass:
      return pipeline::Disposition::kPass;
    case config::Policy::kStop:
      break;
  }
  return pipeline::Disposition::kStop;
}

Result<pipeline::OnError> on_error(const config::OnError& transform,
                                   const config::OnError& pipeline) {
  pipeline::OnError policies;
  for (const ErrorKind kind :
       {ErrorKind::kBadRecord, ErrorKind::kUnknownKey, ErrorKind::kShredded, ErrorKind::kBlocked})
    LETHE_TRY(policies.set(kind, disposition_of(config::resolve(kind, transform, pipeline))));
  return policies;
}

Result<std::unique_ptr<pipeline::Predicate>> make_predicate(const config::PredicateConfig& config,
                                                            const loader::PluginCatalog& catalog,
                                                            const StageIdentity& identity,
                                                            WorkerServices services) {
  const lethe_options options = config::as_options(config.options);
  const loader::LoadedPlugin* plugin = catalog.find(LETHE_PREDICATE, config.plugin);
  if (plugin == nullptr) return catalog.missing(LETHE_PREDICATE, config.plugin);
  if (plugin->file == pipeline::kBuiltIn)
    return pipeline::make_builtin_predicate(config.plugin, options, identity.dataset);
  return std::unique_ptr<pipeline::Predicate>(
      LETHE_TRY(pipeline::PluginPredicate::make(*plugin, options, identity, services)));
}

Result<std::unique_ptr<Stage>> make_stage(const config::PipelineConfig& config, std::size_t i,
                                          const loader::PluginCatalog& catalog,
                                          WorkerServices services) {
  const config::TransformConfig& transform = config.transforms[i];
  const loader::LoadedPlugin* plugin = catalog.find(LETHE_TRANSFORM, transform.plugin);
  if (plugin == nullptr) return catalog.missing(LETHE_TRANSFORM, transform.plugin);
  std::size_t before = 0;
  for (std::size_t k = 0; k < i; ++k)
    before += config.transforms[k].plugin == transform.plugin ? 1 : 0;
  pipeline::StageOptions options;
  options.label =
      before == 0 ? transform.plugin : transform.plugin + "-" + std::to_string(before + 1);
  options.protects = transform.plugin == config::kEncrypt;
  options.on_error = LETHE_TRY(on_error(transform.on_error, config.on_error));
  options.topic_pattern = transform.topic_pattern;
  const StageIdentity identity{config.name, config.dataset, options.label};
  if (transform.when)
    options.conditions.push_back({
      LETHE_TRY(make_predicate(*transform.when, catalog, identity, services))
      , false
    });
  if (transform.unless)
    options.conditions.push_back({
      LETHE_TRY(make_predicate(*transform.unless, catalog, identity, services))
      , true
    });
  return Stage::make(*plugin, config::as_options(transform.options), identity, services,
                     std::move(options));
}

bool protects(const config::PipelineConfig& config) {
  for (const config::TransformConfig& transform : config.transforms)
    if (transform.plugin == config::kEncrypt) return true;
  return false;
}

}  // namespace

Result<std::unique_ptr<pipeline::Pipeline>> make_pipeline(const config::PipelineConfig& config,
                                                          const loader::PluginCatalog& catalog,
                                                          kms::GatewayKms* kms,
                                                          WorkerServices services,
                                                          SourceMaker source) {
  pipeline::PipelineOptions options;
  options.tasks = static_cast<int>(config.tasks);
  options.on_error = LETHE_TRY(on_error(config.on_error, {}));
  if (config.dead_letter)
    options.dead_letters = config.dead_letter->original ? pipeline::DeadLetters::Payload::kOriginal
                                                        : pipeline::DeadLetters::Payload::kSealed;
  options.task.pipeline = config.name;
  options.task.most_in_flight = static_cast<std::size_t>(config.max_in_flight);
  options.task.drain_deadline = config.drain_deadline;

  pipeline::PipelineParts parts;
  parts.source =
      source ? std::move(source) : [&](int) { return make_source(config, services.log); };
  // What was made with a key is delivered in time or not at all.
  const std::chrono::milliseconds delivery = kms == nullptr ? kNoLease : kms->longest_delivery();
  parts.sink = [&config, services, delivery](int task) {
    return make_sink(config, task, delivery, services.log);
  };
  parts.stages = [&](int) -> Result<std::vector<std::unique_ptr<Stage>>> {
    std::vector<std::unique_ptr<Stage>> stages;
    for (std::size_t i = 0; i < config.transforms.size(); ++i)
      stages.push_back(LETHE_TRY(make_stage(config, i, catalog, services)));
    return stages;
  };
  parts.seal = [&](int) -> Result<std::unique_ptr<pipeline::DeadLetterSeal>> {
    if (kms == nullptr || !protects(config)) return std::unique_ptr<pipeline::DeadLetterSeal>();
    return std::unique_ptr<pipeline::DeadLetterSeal>(
        std::make_unique<TenantSeal>(kms->internal_session(), std::string(kms->tenant())));
  };
  return pipeline::Pipeline::make(std::move(options), parts, services);
}

Result<std::unique_ptr<Source>> make_record_source(const config::PipelineConfig& config,
                                                   log::Log& log) {
  return make_source(config, log);
}

std::string dead_letter_file(const config::DeadLetter::File& place, int task) {
  return task == 0 ? place.path : place.path + "." + std::to_string(task);
}

Result<std::unique_ptr<Source>> make_dead_letter_source(const config::PipelineConfig& config,
                                                        const std::string& file, log::Log& log) {
  config::PipelineConfig letters;
  if (const auto* kafka = std::get_if<config::DeadLetter::Kafka>(&config.dead_letter->place)) {
    letters.source = config::KafkaSource{.brokers = kafka->brokers,
                                         .topics = {kafka->topic},
                                         .topics_pattern = {},
                                         .group = "lethe-" + config.name + "-replay",
                                         .client = kafka->client};
  } else {
    letters.source =
        config::FileSource{.path = file, .follow = false, .key_field = {}, .envelope = true};
  }
  return make_source(letters, log);
}

}  // namespace lethe::worker
