// SPDX-License-Identifier: Apache-2.0
#include "worker/config/lint.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "worker/config/cross_checks.h"
#include "worker/config/endpoints.h"

namespace lethe::worker::config {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::int64_t kMostTasks = 256;

// Names end in group ids, metrics and file names.
bool is_name(const std::string& name) {
  if (name.size() > kLongestName || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  });
}

std::string read_name(Section& root, Diagnostics& diagnostics) {
  std::string name = root.required_text("pipeline", "a name for this pipeline");
  const Member* member = root.find("pipeline");
  if (!name.empty() && !member->value.is_unresolved() && !is_name(name))
    diagnostics.error(
        member->value.place(),
        "'pipeline' must be a name of letters, digits, '-', '_' and '.', at most 200");
  return name;
}

void read_delivery(Section& root, Diagnostics& diagnostics) {
  const Member* member = root.find("delivery");
  if (member == nullptr) return;
  if (member->value.is_scalar() && member->value.text() == "exactly_once") {
    diagnostics.error(member->value.place(),
                      "'exactly_once' is not available in this version: write 'delivery: "
                      "at_least_once', or leave the line out");
    return;
  }
  constexpr std::array kDeliveries = {Word<Delivery>{"at_least_once", Delivery::kAtLeastOnce}};
  root.pick(*member, kDeliveries);
}

void read_limits(Section& root, PipelineConfig& config, Diagnostics& diagnostics) {
  config.tasks = static_cast<std::uint32_t>(root.integer("tasks", 1, 1, kMostTasks));
  const Member* tasks = root.find("tasks");
  if (config.tasks > 1 && !std::holds_alternative<KafkaSource>(config.source))
    diagnostics.error(tasks->value.place(),
                      "only a kafka source can be read by several tasks; "
                      "write 'tasks: 1', or leave the line out");
  config.max_in_flight = root.size("max_in_flight", config.max_in_flight);
  config.drain_deadline = root.duration("drain_deadline", config.drain_deadline);
}

// An interceptor block that was pasted as a whole file says nothing else.
bool is_bare_block(const Node& document, Diagnostics& diagnostics) {
  const Member* member = document.find_member("pluginClass");
  if (member == nullptr) return false;
  diagnostics.error(member->place,
                    "this is an interceptor block, not a pipeline: put it as an entry under "
                    "'transforms:', beside 'pipeline:', 'source:' and 'sink:'");
  return true;
}

}  // namespace

Result<PipelineConfig> load_pipeline(const Node& document, const Plugins& plugins,
                                     Diagnostics& diagnostics) {
  PipelineConfig config;
  config.file = document.place().file;
  config.tree = document;
  if (!is_bare_block(document, diagnostics)) {
    Section root(document, {config.file, 1, 1}, "", diagnostics);
    config.name = read_name(root, diagnostics);
    config.dataset = root.text("dataset", config.name);
    config.source = read_source(root, "lethe-" + config.name, diagnostics);
    config.transforms = read_transforms(root, config.source, config.dataset, plugins, diagnostics);
    config.sink = read_sink(root, config.source, diagnostics);
    read_delivery(root, diagnostics);
    read_limits(root, config, diagnostics);
    config.on_error = read_on_error(root, diagnostics);
    config.dead_letter = read_dead_letter(root, config.source, config.sink, diagnostics);
    root.not_yet("max_error_rate", "remove it; 'on_error: {bad_record: stop}' stops at the first");
    for (const std::string_view section : {"worker", "kms", "erasure", "cluster"})
      root.find(section);
    root.finish();
    cross_check(config, diagnostics);
  }
  LETHE_TRY(diagnostics.verdict(config.file));
  return config;
}

}  // namespace lethe::worker::config
