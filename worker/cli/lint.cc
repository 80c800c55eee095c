// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/lint.h"

#include <iostream>

#include "worker/config/dump.h"
#include "worker/config/transforms.h"

namespace lethe::worker::cli {
namespace {

json::Value to_json(const config::Diagnostics& diagnostics) {
  json::Array all;
  for (const config::Diagnostic& diagnostic : diagnostics.entries()) {
    json::Value one;
    one.set("severity", config::to_string(diagnostic.severity))
        .set("file", diagnostic.place.file)
        .set("line", diagnostic.place.line)
        .set("column", diagnostic.place.column)
        .set("message", diagnostic.message);
    all.push_back(std::move(one));
  }
  json::Value value;
  value.set("errors", diagnostics.errors()).set("diagnostics", std::move(all));
  return value;
}

void dump_all(const Configuration& configuration) {
  print(config::dump(configuration.worker));
  const config::Plugins plugins{configuration.catalog, configuration.plugin_folders};
  for (const config::PipelineConfig& pipeline : configuration.pipelines)
    print("---\n" + config::dump(pipeline, plugins));
}

}  // namespace

int lint(const LintCommand& command) {
  config::Diagnostics diagnostics;
  const Result<Configuration> loaded =
      load_all(command.files, config::References::kKeep, diagnostics);
  if (command.json) {
    print(to_json(diagnostics));
  } else {
    for (const config::Diagnostic& diagnostic : diagnostics.entries())
      std::cout << to_string(diagnostic) << '\n';
  }
  if (!loaded) return kUsage;
  if (command.dump)
    dump_all(*loaded);
  else if (!command.json)
    for (const config::PipelineConfig& pipeline : loaded->pipelines)
      print(pipeline.file + ": pipeline '" + pipeline.name + "' is fine");
  return kDone;
}

}  // namespace lethe::worker::cli
