// SPDX-License-Identifier: Apache-2.0

#include "worker/wiring_inbox.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "connectors/http/client.h"
#include "connectors/keycloak/keycloak_events.h"
#include "worker/inbox/erased_events.h"
#include "worker/inbox/follow_up.h"
#include "worker/inbox/keycloak_deletions.h"
#include "worker/inbox/topic_requests.h"
#ifdef LETHE_WITH_KAFKA
#include "connectors/kafka/group_cursor.h"
#include "connectors/kafka/sink.h"
#include "connectors/kafka/source.h"
#include "worker/kafka_options.h"
#endif

namespace lethe::worker {
namespace {

using config::ErasureConfig;
using config::KeycloakConfig;
using Parts = inbox::Inbox::Parts;

// What every part is made with.
struct Services {
  kms::erasure::Erasures& erasures;
  kms::journal::Journal& journal;
  log::Log& log;
  const pipeline::Clock& clock;
};

#ifdef LETHE_WITH_KAFKA

// Requests are few: little memory for what is read ahead, and topics that are made later are found
// soon. What the user writes under client comes after these, and wins.
connectors::kafka::ClientOptions client_of(const ErasureConfig& config, log::Log& log) {
  config::Properties properties = {{"queued.max.messages.kbytes", "4096"},
                                   {"queued.min.messages", "1000"},
                                   {"topic.metadata.refresh.interval.ms", "10000"}};
  properties.insert(properties.end(), config.client.begin(), config.client.end());
  return kafka_client(config.brokers, properties, log);
}

connectors::kafka::ClientOptions producer_of(const ErasureConfig& config, log::Log& log) {
  return kafka_client(config.brokers, config.client, log);
}

// A batch is acknowledged as a whole: small, so that a bulk of requests which has to wait for the
// rate of erasures is answered as it goes.
constexpr std::size_t kBatchRecords = 20;

Result<std::unique_ptr<connectors::Source>> make_source(const ErasureConfig& config,
                                                        const std::string& topic,
                                                        const std::string& group, log::Log& log) {
  connectors::kafka::SourceOptions options;
  options.client = client_of(config, log);
  options.topics = {topic};
  options.group = group;
  options.batch_records = kBatchRecords;
  return connectors::kafka::make_source(std::move(options));
}

Result<void> add_outbox(const ErasureConfig& config, Parts& parts, log::Log& log) {
  connectors::kafka::SinkOptions options;
  options.client = producer_of(config, log);
  options.create_topics = config.create_topics;
  options.write_deadline = std::chrono::milliseconds(5'000);
  parts.sink = LETHE_TRY(connectors::kafka::make_sink(std::move(options)));
  parts.outbox = std::make_unique<inbox::Outbox>(*parts.sink);
  return {};
}

Result<void> add_requests(const ErasureConfig& config, Parts& parts, const Services& services) {
  inbox::TopicRequestsOptions options;
  options.context = {config.subjects, config.undo_window, "topic:" + config.topic};
  options.acknowledgements = config.acknowledgements;
  options.dead_letter = config.dead_letter;
  auto source = LETHE_TRY(make_source(config, config.topic, config.group, services.log));
  parts.steps.push_back(std::make_unique<inbox::TopicRequests>(
      std::move(options), std::move(source), services.erasures, *parts.outbox, services.log));
  return {};
}

Result<void> add_follow_up(const ErasureConfig& config, Parts& parts, const Services& services) {
  auto source = LETHE_TRY(make_source(config, config.acknowledgements,
                                      config.group + "-acknowledgements", services.log));
  parts.steps.push_back(std::make_unique<inbox::FollowUp>(
      config.acknowledgements, std::move(source), services.erasures, *parts.outbox, services.log,
      services.clock));
  return {};
}

Result<void> add_events(const ErasureConfig& config, Parts& parts, const Services& services) {
  auto cursor = LETHE_TRY(connectors::kafka::make_group_cursor(
      {producer_of(config, services.log), config.events, config.group + "-events"}));
  parts.steps.push_back(std::make_unique<inbox::ErasedEvents>(config.events, std::move(cursor),
                                                              services.journal, services.erasures,
                                                              *parts.outbox, services.clock));
  return {};
}

Result<void> add_topics(const ErasureConfig& config, Parts& parts, const Services& services) {
  LETHE_TRY(add_outbox(config, parts, services.log));
  if (!config.topic.empty()) LETHE_TRY(add_requests(config, parts, services));
  if (!config.acknowledgements.empty()) LETHE_TRY(add_follow_up(config, parts, services));
  if (!config.events.empty()) LETHE_TRY(add_events(config, parts, services));
  return {};
}

#else

Result<void> add_topics(const ErasureConfig&, Parts&, const Services&) {
  return bad_config("this worker was built without Kafka (LETHE_WITH_KAFKA)");
}

#endif

bool uses_topics(const ErasureConfig& config) {
  return !config.topic.empty() || !config.acknowledgements.empty() || !config.events.empty();
}

Result<void> add_keycloak(const config::WorkerConfig& worker, const ErasureConfig& config,
                          const KeycloakConfig& keycloak, Parts& parts, const Services& services) {
  std::error_code error;
  std::filesystem::create_directories(worker.data_dir, error);
  if (error)
    return bad_config("the folder " + worker.data_dir + " cannot be made; correct worker.data_dir");
  connectors::http::ClientOptions http;
  http.ca_file = keycloak.ca_file;
  auto client = LETHE_TRY(connectors::http::make_client(std::move(http)));
  connectors::keycloak::EventsOptions events;
  events.url = keycloak.url;
  events.realm = keycloak.realm;
  events.client_id = keycloak.client_id;
  events.client_secret = keycloak.client_secret;
  events.overlap = keycloak.overlap;
  inbox::KeycloakDeletionsOptions options;
  options.subjects = keycloak.subjects;
  options.actor = "keycloak:" + keycloak.realm;
  options.undo_window = config.undo_window;
  options.poll = keycloak.poll;
  options.acknowledgements = config.acknowledgements;
  parts.steps.push_back(std::make_unique<inbox::KeycloakDeletions>(
      std::move(options),
      connectors::keycloak::make_event_reader(std::move(events), std::move(client)),
      inbox::PositionFile(worker.data_dir + "/keycloak-position.json",
                          keycloak.url + " " + keycloak.realm),
      services.erasures, config.acknowledgements.empty() ? nullptr : parts.outbox.get(),
      services.log, services.clock));
  return {};
}

}  // namespace

Result<std::unique_ptr<inbox::Inbox>> make_inbox(const config::WorkerConfig& worker,
                                                 kms::erasure::Erasures& erasures,
                                                 kms::journal::Journal& journal, log::Log& log,
                                                 const pipeline::Clock& clock) {
  if (!worker.erasure) return internal("an inbox was to be made without its configuration");
  const ErasureConfig& config = *worker.erasure;
  const Services services{erasures, journal, log, clock};
  Parts parts;
  if (uses_topics(config)) LETHE_TRY(add_topics(config, parts, services));
  if (config.keycloak) LETHE_TRY(add_keycloak(worker, config, *config.keycloak, parts, services));
  return std::make_unique<inbox::Inbox>(std::move(parts), log, clock);
}

}  // namespace lethe::worker
