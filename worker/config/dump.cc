// SPDX-License-Identifier: Apache-2.0
#include "worker/config/dump.h"

#include <array>
#include <string_view>
#include <utility>

#include "lethe/strided.h"
#include "worker/config/options.h"
#include "worker/config/quantities.h"

namespace lethe::worker::config {
namespace {

constexpr std::string_view kHidden = "<hidden>";

Node text(std::string_view value) {
  return Node::scalar(std::string(value), {});
}

void hide(Node& value) {
  if (!value.contains_reference()) value = Node::scalar(std::string(kHidden), value.place(), true);
}

void set_default(Node& map, std::string_view name, Node value) {
  if (map.find(name) == nullptr) map.set(std::string(name), {}, std::move(value));
}

// Options as written, with the plugin's defaults, without its secrets.
Node effective_options(const Node& written, const lethe_plugin& plugin) {
  Node options = written;
  for (Member& member : options.members()) {
    const lethe_option* spec = find_option(plugin, member.name);
    if (spec != nullptr && (spec->flags & LETHE_OPTION_SECRET) != 0) hide(member.value);
  }
  const Strided<const lethe_option> specs(plugin.options, plugin.option_stride, plugin.n_options);
  for (const lethe_option& spec : specs)
    if (spec.default_text.data != nullptr)
      set_default(options, {spec.name.data, spec.name.size},
                  text({spec.default_text.data, spec.default_text.size}));
  return options;
}

// One plugin with its options, as an entry: {name: {...}}.
Node named_plugin(std::uint32_t kind, const std::string& name, const Node& written,
                  const Plugins& plugins) {
  const loader::LoadedPlugin* plugin = plugins.catalog.find(kind, name);
  Node entry = Node::map({});
  entry.set(name, {}, plugin == nullptr ? written : effective_options(written, *plugin->plugin));
  return entry;
}

Node describe(const OnError& transform, const OnError& pipeline) {
  Node policies = Node::map({});
  for (const ErrorKind kind :
       {ErrorKind::kBadRecord, ErrorKind::kUnknownKey, ErrorKind::kShredded, ErrorKind::kBlocked})
    policies.set(std::string(lethe::to_string(kind)), {},
                 text(to_string(resolve(kind, transform, pipeline))));
  return policies;
}

// A block's `topic` in native form.
Node topic_predicate(const Node& block) {
  Node options = Node::map({});
  options.set("pattern", {}, *locate(block, "config.topic").node);
  Node predicate = Node::map({});
  predicate.set("topic", {}, std::move(options));
  return predicate;
}

// `written` is the transform's entry in the file.
Node describe(const TransformConfig& transform, const Node& written, const OnError& pipeline,
              const Plugins& plugins) {
  // A block with both its `topic` and a `when` beside it has no native form.
  if (!transform.topic_pattern.empty() && transform.when) return written;
  Node entry = named_plugin(LETHE_TRANSFORM, transform.plugin, transform.options, plugins);
  if (!transform.topic_pattern.empty()) entry.set("when", {}, topic_predicate(written));
  if (transform.when)
    entry.set(
        "when", {},
        named_plugin(LETHE_PREDICATE, transform.when->plugin, transform.when->options, plugins));
  if (transform.unless)
    entry.set("unless", {},
              named_plugin(LETHE_PREDICATE, transform.unless->plugin, transform.unless->options,
                           plugins));
  entry.set("on_error", {}, describe(transform.on_error, pipeline));
  return entry;
}

// The member of a nested map, to be changed; nullptr if there is none.
Node* nested(Node& tree, std::string_view first, std::string_view second) {
  Node* node = &tree;
  for (const std::string_view name : {first, second}) {
    const Member* member = node->find_member(name);
    if (member == nullptr) return nullptr;
    node = &node->members()[static_cast<std::size_t>(member - node->members().data())].value;
  }
  return node;
}

void hide_properties(Node& tree, std::string_view endpoint) {
  Node* kafka = nested(tree, endpoint, "kafka");
  const Member* client = kafka == nullptr ? nullptr : kafka->find_member("client");
  if (client == nullptr) return;
  Node shown = client->value;
  for (Member& property : shown.members())
    if (is_secret_property(property.name)) hide(property.value);
  kafka->set("client", {}, std::move(shown));
}

void fill_endpoints(Node& tree, const PipelineConfig& pipeline) {
  for (const std::string_view endpoint : {"source", "sink", "dead_letter"})
    hide_properties(tree, endpoint);
  if (Node* kafka = nested(tree, "source", "kafka"); kafka != nullptr)
    set_default(*kafka, "group", text("lethe-" + pipeline.name));
  const Located brokers = locate(tree, "source.kafka.brokers");
  if (Node* kafka = nested(tree, "sink", "kafka"); kafka != nullptr && brokers.exact) {
    Node inherited = *brokers.node;
    set_default(*kafka, "brokers", std::move(inherited));
  }
  if (pipeline.dead_letter) {
    const Member* member = tree.find_member("dead_letter");
    Node place = member->value;
    set_default(place, "payload", text("sealed"));
    tree.set("dead_letter", {}, std::move(place));
  }
}

}  // namespace

std::string dump(const PipelineConfig& pipeline, const Plugins& plugins) {
  Node tree = pipeline.tree;
  set_default(tree, "dataset", *tree.find("pipeline"));
  fill_endpoints(tree, pipeline);
  Node transforms = Node::list({});
  for (std::size_t i = 0; i < pipeline.transforms.size(); ++i)
    transforms.push(describe(pipeline.transforms[i], pipeline.tree.find("transforms")->items()[i],
                             pipeline.on_error, plugins));
  tree.set("transforms", {}, std::move(transforms));
  set_default(tree, "delivery", text("at_least_once"));
  set_default(tree, "tasks", text(std::to_string(pipeline.tasks)));
  tree.set("on_error", {}, describe({}, pipeline.on_error));
  set_default(tree, "max_in_flight", text(format_size(pipeline.max_in_flight)));
  set_default(tree, "drain_deadline", text(format_duration(pipeline.drain_deadline)));
  return to_yaml(tree);
}

std::string dump(const WorkerConfig& worker) {
  return to_yaml(worker.effective);
}

}  // namespace lethe::worker::config
