// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/builtin_predicates.h"

#include <string>
#include <utility>

#include "lethe/plugin.h"

namespace lethe::worker::pipeline {
namespace {

PluginSpec predicate(std::string name, std::string doc, std::vector<OptionSpec> options) {
  lethe_plugin table{};
  table.kind = LETHE_PREDICATE;
  return {table, std::move(name), std::move(doc), std::move(options)};
}

// Lives as long as the process, like the tables of a library.
const ModuleSpec& module() {
  static const ModuleSpec builtin = [] {
    std::vector<OptionSpec> topic;
    topic.push_back(
        text_option("pattern", "Regular expression for the whole topic name.").required());
    std::vector<OptionSpec> header;
    header.push_back(text_option("name", "A header of that name is there.").required());
    header.push_back(text_option("value", "And has exactly this value."));
    return ModuleSpec(predicate("topic", "Holds for records of certain topics.", std::move(topic)),
                      predicate("header", "Holds for records with a header.", std::move(header)),
                      predicate("tombstone", "Holds for records whose value is null.", {}));
  }();
  return builtin;
}

}  // namespace

void add_builtin_predicates(loader::PluginCatalog& catalog) {
  const lethe_module* table = module().table();
  for (std::uint64_t i = 0; i < table->n_plugins; ++i)
    catalog.add({&table->plugins[i], table, std::string(kBuiltIn)});
}

Result<std::unique_ptr<Predicate>> make_builtin_predicate(std::string_view name,
                                                          const lethe_options& options,
                                                          std::string_view dataset) {
  const Options tree(&options);
  if (name == "topic") {
    auto made = LETHE_TRY(TopicPredicate::make(std::string(tree["pattern"].text()), dataset));
    return std::unique_ptr<Predicate>(std::move(made));
  }
  if (name == "header") {
    std::optional<std::string> value;
    if (tree["value"]) value = std::string(tree["value"].text());
    return std::unique_ptr<Predicate>(
        std::make_unique<HeaderPredicate>(std::string(tree["name"].text()), std::move(value)));
  }
  if (name == "tombstone")
    return std::unique_ptr<Predicate>(std::make_unique<TombstonePredicate>());
  return internal("there is no built-in predicate of that name");
}

}  // namespace lethe::worker::pipeline
