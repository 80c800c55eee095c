// SPDX-License-Identifier: Apache-2.0
#include "worker/config/erasure_config.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lethe::worker::config {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTemplateRemedy =
    "a subject is a key name with at least one parameter, such as 'user-{{id}}'";

// The parameters that a template may name; any, if there are none.
std::vector<NameTemplate> read_subjects(Section& section, std::string_view only,
                                        Diagnostics& diagnostics) {
  std::vector<NameTemplate> subjects;
  for (const Node* node : section.text_nodes("subjects")) {
    if (node->is_unresolved()) continue;
    auto made = NameTemplate::parse(node->text());
    const bool known =
        made &&
        (only.empty() || (made->parameters().size() == 1 && made->parameters().contains(only)));
    if (!made)
      diagnostics.error(node->place(),
                        "'" + section.name_of("subjects") + "': " + std::string(kTemplateRemedy));
    else if (!known)
      diagnostics.error(node->place(), "'" + section.name_of("subjects") + "' knows only {{" +
                                           std::string(only) + "}} here");
    else
      subjects.push_back(std::move(*made));
  }
  return subjects;
}

bool is_on_loopback(std::string_view url) {
  constexpr std::array<std::string_view, 3> kLoopback = {"http://localhost", "http://127.",
                                                         "http://[::1]"};
  return std::any_of(kLoopback.begin(), kLoopback.end(),
                     [&](std::string_view prefix) { return url.starts_with(prefix); });
}

void check_url(Section& keycloak, const std::string& url, Diagnostics& diagnostics) {
  const Member* member = keycloak.find("url");
  if (member == nullptr || url.empty() || member->value.is_unresolved()) return;
  const bool is_clear = url.starts_with("http://");
  if (!is_clear && !url.starts_with("https://"))
    diagnostics.error(member->value.place(), "'erasure.keycloak.url' must begin with https://");
  else if (is_clear && !is_on_loopback(url))
    diagnostics.warning(member->value.place(),
                        "client_secret and access tokens travel unencrypted: use https://");
}

void check_secret(Section& keycloak, Diagnostics& diagnostics) {
  const Member* member = keycloak.find("client_secret");
  if (member != nullptr && member->value.is_scalar() && !member->value.is_blank() &&
      !member->value.has_reference())
    diagnostics.warning(member->value.place(),
                        "a secret written in clear: use '${env:NAME}' or '${file:/path}'");
}

KeycloakConfig read_keycloak(Section keycloak, Diagnostics& diagnostics) {
  KeycloakConfig config;
  config.url = keycloak.required_text("url", "where Keycloak is, such as https://sso.example.org");
  config.realm = keycloak.required_text("realm", "the realm of the users");
  config.client_id = keycloak.required_text("client_id", "a client with a service account");
  config.client_secret = keycloak.required_text("client_secret", "write '${env:NAME}'");
  config.ca_file = keycloak.text("ca_file");
  config.poll = keycloak.duration("poll", config.poll);
  config.overlap = keycloak.duration("overlap", config.overlap);
  config.subjects = read_subjects(keycloak, "id", diagnostics);
  if (keycloak.find("subjects") == nullptr) config.subjects = {*NameTemplate::parse("{{id}}")};
  check_url(keycloak, config.url, diagnostics);
  check_secret(keycloak, diagnostics);
  keycloak.finish();
  return config;
}

// Two topics of one name would feed each other.
void refuse_namesakes(Section& erasure, const ErasureConfig& config, Diagnostics& diagnostics) {
  const std::array<std::pair<std::string_view, const std::string*>, 4> topics = {
      {{"topic", &config.topic},
       {"acknowledgements", &config.acknowledgements},
       {"dead_letter", &config.dead_letter},
       {"events", &config.events}}};
  for (std::size_t i = 0; i < topics.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      if (topics[i].second->empty() || *topics[i].second != *topics[k].second) continue;
      const Member* member = erasure.find(topics[i].first);
      diagnostics.error(member == nullptr ? erasure.where() : member->place,
                        "'erasure." + std::string(topics[i].first) + "' and 'erasure." +
                            std::string(topics[k].first) + "' are one topic; write two names");
    }
}

void check_topics(Section& erasure, const ErasureConfig& config, Diagnostics& diagnostics) {
  const bool uses_kafka = !config.topic.empty() || !config.acknowledgements.empty() ||
                          !config.events.empty() || !config.dead_letter.empty();
  if (uses_kafka && config.brokers.empty() && erasure.find("brokers") == nullptr)
    diagnostics.error(erasure.where(), "'erasure' needs 'brokers': host:port, several by comma");
  if (config.topic.empty() && !config.dead_letter.empty())
    diagnostics.error(erasure.find("dead_letter")->place,
                      "'erasure.dead_letter' is for bad requests: add 'topic', or remove it");
  if (config.topic.empty() && config.events.empty() && !config.keycloak && erasure.is_usable())
    diagnostics.error(erasure.where(),
                      "'erasure' names no way in: add 'topic: NAME' or 'keycloak: {...}', or "
                      "'events: NAME' to tell other systems");
  refuse_namesakes(erasure, config, diagnostics);
}

// As written; a literal secret is not shown.
Node describe(const Node& written) {
  Node shown = written;
  const auto hide = [](Node& node, auto&& is_secret) {
    for (Member& member : node.members())
      if (is_secret(member.name) && !member.value.contains_reference())
        member.value = Node::scalar("<hidden>", member.value.place(), true);
  };
  for (Member& member : shown.members()) {
    if (member.name != "client" && member.name != "keycloak") continue;
    hide(member.value, [](std::string_view name) { return is_secret_property(name); });
  }
  return shown;
}

}  // namespace

std::optional<ErasureConfig> read_erasure(Section& root, Diagnostics& diagnostics) {
  const Member* member = root.find("erasure");
  if (member == nullptr) return std::nullopt;
  Section erasure = root.inside(*member);
  ErasureConfig config;
  config.brokers = erasure.text("brokers");
  config.client = read_client(erasure, KafkaRole::kProducer, diagnostics);
  config.group = erasure.text("group", config.group);
  config.topic = erasure.text("topic");
  const bool has_topic = !config.topic.empty();
  config.acknowledgements =
      erasure.text("acknowledgements", has_topic ? config.topic + "-acknowledgements" : "");
  config.dead_letter = erasure.text("dead_letter", has_topic ? config.topic + "-dead-letters" : "");
  config.events = erasure.text("events");
  config.create_topics = erasure.boolean("create_topics", false);
  config.subjects = read_subjects(erasure, {}, diagnostics);
  config.undo_window = erasure.duration("undo_window", config.undo_window);
  if (const Member* keycloak = erasure.find("keycloak"); keycloak != nullptr)
    config.keycloak = read_keycloak(erasure.inside(*keycloak), diagnostics);
  erasure.finish();
  check_topics(erasure, config, diagnostics);
  config.effective = describe(member->value);
  return config;
}

}  // namespace lethe::worker::config
