// SPDX-License-Identifier: Apache-2.0
#include "worker/config/transforms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "worker/config/interceptor.h"
#include "worker/config/options.h"
#include "worker/config/suggest.h"

namespace lethe::worker::config {
namespace {

constexpr std::array<std::string_view, 3> kBeside = {"when", "unless", "on_error"};

bool stands_beside(std::string_view name) {
  return std::find(kBeside.begin(), kBeside.end(), name) != kBeside.end();
}

class TransformReader {
 public:
  TransformReader(const Plugins& plugins, Diagnostics& diagnostics)
      : plugins_(plugins), diagnostics_(diagnostics) {}

  // "encrypt" or "encrypt: {...}" with `when`, `unless`, `on_error` beside it.
  std::optional<TransformConfig> read_native(const Node& entry) const {
    if (entry.is_scalar() && !entry.is_blank())
      return checked(named(entry.written(), Node::map(entry.place()), entry.place()));
    const Member* plugin = only_plugin(entry);
    if (plugin == nullptr) return std::nullopt;
    auto options = options_in(*plugin);
    if (!options) return std::nullopt;
    TransformConfig transform = named(plugin->name, std::move(*options), plugin->place);
    Section section(entry, plugin->place, "transforms", diagnostics_);
    section.find(plugin->name);
    return checked(beside(section, std::move(transform)));
  }

  std::optional<TransformConfig> read_block(const Node& entry, const Source& source,
                                            const std::string& dataset) const {
    const std::size_t errors_before = diagnostics_.reported_errors();
    Section section(entry, entry.place(), "transforms", diagnostics_);
    auto block = read_interceptor(section, source, dataset, diagnostics_);
    if (!block) return std::nullopt;
    const Member* on_error = entry.find_member("on_error");
    if (on_error != nullptr && locate(entry, "config.errorPolicy").exact)
      diagnostics_.error(on_error->place, "'errorPolicy' and 'on_error' are both given; keep one");
    TransformConfig transform = beside(section, std::move(*block));
    // The plugin would only repeat what is wrong with the block.
    return diagnostics_.reported_errors() > errors_before ? transform
                                                          : checked(std::move(transform));
  }

 private:
  static TransformConfig named(std::string plugin, Node options, Place place) {
    TransformConfig transform;
    transform.plugin = std::move(plugin);
    transform.options = std::move(options);
    transform.place = std::move(place);
    return transform;
  }

  const Member* only_plugin(const Node& entry) const {
    const Member* plugin = nullptr;
    for (const Member& member : entry.members()) {
      if (stands_beside(member.name)) continue;
      if (plugin != nullptr) {
        diagnostics_.error(member.place, "one entry names two transforms, '" + plugin->name +
                                             "' and '" + member.name +
                                             "'; begin each with '- ' (or indent its options)");
        return nullptr;
      }
      plugin = &member;
    }
    if (plugin == nullptr)
      diagnostics_.error(entry.place(),
                         "an entry of 'transforms' names one plugin: '- encrypt: {...}'");
    return plugin;
  }

  std::optional<Node> options_in(const Member& plugin) const {
    if (plugin.value.is_map()) return plugin.value;
    if (plugin.value.is_blank()) return Node::map(plugin.place);
    diagnostics_.error(plugin.value.place(), "the options of '" + plugin.name +
                                                 "' must be a map, not " +
                                                 std::string(plugin.value.kind_name()));
    return std::nullopt;
  }

  // What stands beside the plugin; a block's own error policy stays unless another is given.
  TransformConfig beside(Section& section, TransformConfig transform) const {
    transform.when = read_predicate(section, "when");
    transform.unless = read_predicate(section, "unless");
    const Member* member = section.find("on_error");
    if (member != nullptr) transform.on_error = read_on_error(section, diagnostics_);
    if (member != nullptr && transform.plugin == kEncrypt &&
        transform.on_error.mentions(Policy::kPass))
      diagnostics_.error(member->place,
                         "'encrypt' cannot pass records on that it failed to encrypt: they would "
                         "leave in clear; choose stop, dead_letter or drop");
    section.finish();
    return transform;
  }

  // "tombstone" or "header: {...}"
  std::optional<PredicateConfig> read_predicate(Section& section, std::string_view key) const {
    const Member* member = section.find(key);
    if (member == nullptr) return std::nullopt;
    const Node& value = member->value;
    PredicateConfig predicate;
    if (value.is_scalar() && !value.is_blank()) {
      predicate = {value.written(), Node::map(value.place()), value.place()};
    } else if (value.is_map() && value.size() == 1) {
      const Member& only = value.members().front();
      auto options = options_in(only);
      if (!options) return std::nullopt;
      predicate = {only.name, std::move(*options), only.place};
    } else {
      diagnostics_.error(member->place, "'" + std::string(key) +
                                            "' names one predicate: 'tombstone' or 'NAME: {...}'");
      return std::nullopt;
    }
    check(LETHE_PREDICATE, predicate.plugin, predicate.options, predicate.place);
    return predicate;
  }

  TransformConfig checked(TransformConfig transform) const {
    check(LETHE_TRANSFORM, transform.plugin, transform.options, transform.place);
    return transform;
  }

  void check(std::uint32_t kind, const std::string& name, const Node& options,
             const Place& place) const {
    const loader::LoadedPlugin* plugin = plugins_.catalog.find(kind, name);
    if (plugin != nullptr)
      check_options(options, *plugin->plugin, place, diagnostics_);
    else
      complain_missing(kind, name, place);
  }

  void complain_missing(std::uint32_t kind, const std::string& name, const Place& place) const {
    const bool transform = kind == LETHE_TRANSFORM;
    const std::uint32_t other = transform ? LETHE_PREDICATE : LETHE_TRANSFORM;
    if (plugins_.catalog.find(other, name) != nullptr) {
      diagnostics_.error(place, transform ? "'" + name + "' is a predicate; write it under 'when:'"
                                          : "'" + name + "' is a transform, not a predicate");
      return;
    }
    std::vector<std::string_view> names;
    for (const loader::LoadedPlugin& plugin : plugins_.catalog.all())
      if (plugin.plugin->kind == kind) names.push_back(plugin.name());
    const std::vector<std::string_view> folders(plugins_.folders.begin(), plugins_.folders.end());
    std::string message = transform ? "no transform '" : "no predicate '";
    message += name + "' is installed" + did_you_mean(name, names) +
               "; there are: " + (names.empty() ? "none" : join(names)) +
               "; searched: " + (folders.empty() ? "no folder" : join(folders));
    diagnostics_.error(place, std::move(message));
  }

  const Plugins& plugins_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<TransformConfig> read_transforms(Section& root, const Source& source,
                                             const std::string& dataset, const Plugins& plugins,
                                             Diagnostics& diagnostics) {
  const Member* member = root.find("transforms");
  if (member == nullptr || member->value.is_blank()) return {};
  if (!member->value.is_list()) {
    diagnostics.error(member->value.place(), "'transforms' must be a list: begin each with '- '");
    return {};
  }
  const TransformReader reader(plugins, diagnostics);
  std::vector<TransformConfig> transforms;
  for (const Node& entry : member->value.items()) {
    auto transform = is_interceptor(entry) ? reader.read_block(entry, source, dataset)
                                           : reader.read_native(entry);
    if (transform) transforms.push_back(std::move(*transform));
  }
  return transforms;
}

}  // namespace lethe::worker::config
