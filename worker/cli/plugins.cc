// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/plugins.h"

#include "worker/loader/describe.h"
#include "worker/loader/loader.h"

namespace lethe::worker::cli {
namespace {

Result<Configuration> load(const PluginsCommand& command) {
  config::Diagnostics diagnostics;
  Result<Configuration> loaded = load_all(command.files, config::References::kKeep, diagnostics);
  if (!loaded) show(diagnostics);
  return loaded;
}

}  // namespace

int plugins_list(const PluginsCommand& command) {
  const Result<Configuration> loaded = load(command);
  if (!loaded) return report(loaded.error());
  if (command.json)
    print(loader::list_json(loaded->catalog));
  else
    print(loader::list_text(loaded->catalog));
  return kDone;
}

int plugins_inspect(const PluginsCommand& command) {
  const Result<std::vector<loader::LoadedPlugin>> library = loader::load_library(command.subject);
  if (!library) return report(library.error());
  if (command.json)
    print(loader::inspect_json(*library));
  else
    print(loader::inspect_text(*library));
  return kDone;
}

int plugins_describe(const PluginsCommand& command) {
  const Result<Configuration> loaded = load(command);
  if (!loaded) return report(loaded.error());
  for (const std::uint32_t kind : {LETHE_TRANSFORM, LETHE_PREDICATE, LETHE_ROOT_KEY_PROVIDER}) {
    const loader::LoadedPlugin* plugin = loaded->catalog.find(kind, command.subject);
    if (plugin == nullptr) continue;
    if (command.json)
      print(loader::describe_json(*plugin));
    else
      print(loader::describe_text(*plugin));
    return kDone;
  }
  return report(loaded->catalog.missing(LETHE_TRANSFORM, command.subject));
}

}  // namespace lethe::worker::cli
