// SPDX-License-Identifier: Apache-2.0
#include "worker/config/interceptor.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "worker/config/patterns.h"
#include "worker/config/suggest.h"

namespace lethe::worker::config {
namespace {

struct Class {
  std::string_view name;
  std::string_view plugin;
};

constexpr std::array kClasses = {
    Class{"io.conduktor.gateway.interceptor.EncryptPlugin", "encrypt"},
    Class{"io.conduktor.gateway.interceptor.DecryptPlugin", "decrypt"},
};

enum class ErrorPolicyName : std::uint8_t { kReturnEncrypted, kFailFetch, kShredSafe };

constexpr std::array kErrorPolicies = {
    Word<ErrorPolicyName>{"return_encrypted", ErrorPolicyName::kReturnEncrypted},
    Word<ErrorPolicyName>{"fail_fetch", ErrorPolicyName::kFailFetch},
    Word<ErrorPolicyName>{"crypto_shred_safe_fail_fetch", ErrorPolicyName::kShredSafe},
};

// What a block may say elsewhere, and why we do not take it.
struct Unhonoured {
  std::string_view name;
  std::string_view remedy;
};

constexpr std::array kUnhonoured = {
    Unhonoured{"priority", "transforms run in the order of the list; remove it"},
    Unhonoured{"errorPolicy", "it belongs to the DecryptPlugin; use 'on_error' beside 'config'"},
    Unhonoured{"fields", "the DecryptPlugin opens every sealed field it finds; remove it"},
    Unhonoured{"recordValue", "list the fields under 'fields'"},
    Unhonoured{"recordKey", "keys of records pass through untouched"},
    Unhonoured{"recordHeader", "headers of records pass through untouched"},
    Unhonoured{"schemaRegistryConfig", "records are JSON in this version"},
    Unhonoured{"schemaDataMode", "records are JSON in this version"},
};

// Members that are left over are errors: a block is never honoured in part.
void refuse_rest(const Node& map, const std::vector<std::string_view>& taken,
                 Diagnostics& diagnostics) {
  for (const Member& member : map.members()) {
    if (std::find(taken.begin(), taken.end(), member.name) != taken.end()) continue;
    const auto known =
        std::find_if(kUnhonoured.begin(), kUnhonoured.end(),
                     [&](const Unhonoured& entry) { return entry.name == member.name; });
    std::string message = "'" + member.name + "' of an interceptor block cannot be honoured";
    message += known == kUnhonoured.end() ? did_you_mean(member.name, taken)
                                          : ": " + std::string(known->remedy);
    diagnostics.error(member.place, std::move(message));
  }
}

// The subject template in a keySecretId.
std::optional<Node> read_key_secret(const Section& field, const Member& member,
                                    Diagnostics& diagnostics) {
  if (!field.read_text(member)) return std::nullopt;
  const Node& id = member.value;
  if (id.written().rfind(kGatewayScheme, 0) != 0) {
    diagnostics.error(id.place(),
                      "'keySecretId' must begin with gateway-kms://: a key of an external KMS per "
                      "field is not supported; write gateway-kms://NAME or a template such as "
                      "gateway-kms://user-{{record.value.userId}}");
    return std::nullopt;
  }
  if (id.written().size() > kGatewayScheme.size()) return id.without_prefix(kGatewayScheme.size());
  diagnostics.error(id.place(), "'keySecretId' names no key behind gateway-kms://");
  return std::nullopt;
}

// {fieldName, keySecretId, algorithm} -> {path, subject, algorithm}
void read_field(const Node& item, Node& fields, Diagnostics& diagnostics) {
  Section field(item, item.place(), "fields", diagnostics);
  const Member* name = field.require("fieldName", "the path of the field to encrypt");
  const Member* secret = field.require("keySecretId", "gateway-kms:// and the name of a key");
  const Member* algorithm = field.find("algorithm");
  refuse_rest(item, {"fieldName", "keySecretId", "algorithm"}, diagnostics);
  Node native = Node::map(item.place());
  if (name != nullptr && field.read_text(*name)) native.set("path", name->place, name->value);
  if (secret != nullptr)
    if (auto subject = read_key_secret(field, *secret, diagnostics))
      native.set("subject", secret->place, std::move(*subject));
  if (algorithm != nullptr && field.read_text(*algorithm))
    native.set("algorithm", algorithm->place, algorithm->value);
  fields.push(std::move(native));
}

void read_fields(Section& config, TransformConfig& transform, Diagnostics& diagnostics) {
  const Member* member = config.require("fields", "the fields to encrypt");
  if (member == nullptr) return;
  if (!member->value.is_list() || member->value.items().empty()) {
    diagnostics.error(member->place, "'fields' must be a list of {fieldName, keySecretId}");
    return;
  }
  Node fields = Node::list(member->value.place());
  for (const Node& item : member->value.items()) read_field(item, fields, diagnostics);
  transform.options.set("fields", member->place, std::move(fields));
}

void read_error_policy(Section& config, TransformConfig& transform) {
  const auto policy =
      config.choice("errorPolicy", ErrorPolicyName::kReturnEncrypted, kErrorPolicies);
  const Member* member = config.find("errorPolicy");
  const Place place = member == nullptr ? config.where() : member->value.place();
  const bool fail = policy == ErrorPolicyName::kFailFetch;
  transform.options.set("on_shredded", place, Node::scalar(fail ? "fail" : "ciphertext", place));
  if (policy == ErrorPolicyName::kReturnEncrypted) {
    transform.on_error.bad_record = Policy::kPass;
    return;
  }
  transform.on_error = {Policy::kStop, Policy::kStop, Policy::kStop, Policy::kStop};
}

// The names that a record of a source may bear as its topic, as far as they are known beforehand.
std::vector<std::string> topics_of(const Source& source) {
  if (const auto* kafka = std::get_if<KafkaSource>(&source)) return kafka->topics;
  if (const auto* file = std::get_if<FileSource>(&source))
    return {file->path, file->path.substr(file->path.rfind('/') + 1)};
  return {"stdin"};
}

// Names that a pattern or a reference stands for.
bool is_known_later(const Source& source, const std::vector<std::string>& topics,
                    const std::string& dataset) {
  const auto is_open = [](const std::string& name) { return name.find("${") != std::string::npos; };
  const auto* kafka = std::get_if<KafkaSource>(&source);
  return (kafka != nullptr && !kafka->topics_pattern.empty()) || is_open(dataset) ||
         std::any_of(topics.begin(), topics.end(), is_open);
}

// `topic`: an anchored regular expression tried against topic and dataset.
void read_topic(Section& config, TransformConfig& transform, const Source& source,
                const std::string& dataset, Diagnostics& diagnostics) {
  const Member* member = config.find("topic");
  const auto pattern = member == nullptr ? std::nullopt : config.read_text(*member);
  if (!pattern) return;
  const Place& place = member->value.place();
  transform.topic_pattern = *pattern;
  if (member->value.is_unresolved()) return;
  if (!is_topic_pattern(*pattern)) {
    diagnostics.error(place, "'topic' is not a regular expression (ECMAScript grammar)");
    return;
  }
  if (matches_whole(*pattern, dataset)) return transform.topic_pattern.clear();  // every record
  const std::vector<std::string> topics = topics_of(source);
  const bool acts = std::any_of(topics.begin(), topics.end(), [&](const std::string& topic) {
    return matches_whole(*pattern, topic);
  });
  if (acts) return;
  if (is_known_later(source, topics, dataset))
    diagnostics.warning(place,
                        "whether 'topic' matches a topic of the source shows only at run "
                        "time; it does not match the dataset");
  else
    diagnostics.error(place,
                      "'topic' matches neither a topic of the source nor the dataset, so "
                      "this block would never act; correct it, or name the dataset so");
}

const Class* find_class(Section& entry, Diagnostics& diagnostics) {
  const Member* member = entry.find("pluginClass");
  const auto name = member == nullptr ? std::nullopt : entry.read_text(*member);
  if (member == nullptr)
    diagnostics.error(entry.where(), "an interceptor block needs 'pluginClass' beside 'config'");
  if (!name) return nullptr;
  std::vector<std::string_view> names;
  for (const Class& known : kClasses) {
    if (known.name == *name) return &known;
    names.push_back(known.name);
  }
  diagnostics.error(member->value.place(), "the pluginClass " + quote(member->value) +
                                               " cannot be honoured" + did_you_mean(*name, names) +
                                               "; known are: " + join(names));
  return nullptr;
}

}  // namespace

bool is_interceptor(const Node& entry) {
  return entry.find_member("pluginClass") != nullptr;
}

std::optional<TransformConfig> read_interceptor(Section& entry, const Source& source,
                                                const std::string& dataset,
                                                Diagnostics& diagnostics) {
  const Class* known = find_class(entry, diagnostics);
  const Member* config = entry.require("config", "what the interceptor is to do");
  const Member* priority = entry.find("priority");
  if (priority != nullptr)
    diagnostics.error(priority->place, "'priority' of an interceptor block cannot be honoured: " +
                                           std::string(kUnhonoured[0].remedy));
  if (known == nullptr || config == nullptr) return std::nullopt;
  TransformConfig transform;
  transform.plugin = known->plugin;
  transform.place = config->place;
  transform.options = Node::map(config->place);
  Section section(config->value, config->place, "config", diagnostics);
  read_topic(section, transform, source, dataset, diagnostics);
  if (known->plugin == "encrypt") {
    read_fields(section, transform, diagnostics);
    refuse_rest(config->value, {"topic", "kmsConfig", "fields"}, diagnostics);
  } else {
    read_error_policy(section, transform);
    refuse_rest(config->value, {"topic", "kmsConfig", "errorPolicy"}, diagnostics);
  }
  return transform;
}

}  // namespace lethe::worker::config
