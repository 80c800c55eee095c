// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/configuration.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "worker/config/lint.h"
#include "worker/config/yaml.h"
#include "worker/loader/loader.h"
#include "worker/pipeline/builtin_predicates.h"

namespace lethe::worker::cli {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;
using config::Node;

// The files that the arguments name, folders opened, in order.
std::vector<std::string> expand(const std::vector<std::string>& arguments,
                                Diagnostics& diagnostics) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (!fs::is_directory(argument, error)) {
      files.push_back(argument);
      continue;
    }
    std::vector<std::string> inside;
    for (const fs::directory_entry& entry : fs::directory_iterator(argument, error)) {
      const std::string extension = entry.path().extension();
      if (extension == ".yaml" || extension == ".yml") inside.push_back(entry.path());
    }
    std::sort(inside.begin(), inside.end());
    if (inside.empty())
      diagnostics.error({argument, 0, 0}, "this folder has no *.yaml file; name a pipeline file");
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

struct Documents {
  std::optional<Node> worker;
  std::vector<Node> pipelines;

  std::vector<const Node*> pointers() const {
    std::vector<const Node*> all;
    for (const Node& document : pipelines) all.push_back(&document);
    return all;
  }
};

Documents read_all(const Files& files, config::References references, Diagnostics& diagnostics) {
  Documents documents;
  if (!files.worker.empty())
    documents.worker = config::read_yaml(files.worker, references, diagnostics);
  for (const std::string& file : expand(files.pipelines, diagnostics))
    if (auto document = config::read_yaml(file, references, diagnostics))
      documents.pipelines.push_back(std::move(*document));
  return documents;
}

// Groups, dead letters and metrics go by name: two pipelines of one name would share them.
void refuse_namesakes(const std::vector<config::PipelineConfig>& pipelines,
                      Diagnostics& diagnostics) {
  std::map<std::string, std::string> file_of;
  for (const config::PipelineConfig& pipeline : pipelines) {
    const auto [known, fresh] = file_of.emplace(pipeline.name, pipeline.file);
    if (!fresh)
      diagnostics.error(config::locate(pipeline.tree, "pipeline").node->place(),
                        "pipeline '" + pipeline.name + "' is in " + known->second +
                            " already; names must differ");
  }
}

}  // namespace

Result<Configuration> load_all(const Files& files, config::References references,
                               Diagnostics& diagnostics) {
  const Documents documents = read_all(files, references, diagnostics);
  Configuration loaded;
  Result<config::WorkerConfig> worker = config::load_worker(
      documents.worker ? &*documents.worker : nullptr, documents.pointers(), diagnostics);
  if (worker) loaded.worker = std::move(worker).value();
  loaded.plugin_folders = loader::plugin_folders(loaded.worker.plugin_path);
  loaded.catalog = loader::load_plugins(loaded.plugin_folders);
  pipeline::add_builtin_predicates(loaded.catalog);
  for (const std::string& complaint : loaded.catalog.complaints())
    diagnostics.warning({"plugins", 0, 0}, complaint);
  for (const Node& document : documents.pipelines) {
    auto pipeline =
        config::load_pipeline(document, {loaded.catalog, loaded.plugin_folders}, diagnostics);
    if (pipeline) loaded.pipelines.push_back(std::move(pipeline).value());
  }
  refuse_namesakes(loaded.pipelines, diagnostics);
  diagnostics.sort();
  LETHE_TRY(diagnostics.verdict("configuration"));
  return loaded;
}

Result<config::WorkerConfig> load_worker_only(const Files& files, Diagnostics& diagnostics) {
  const Documents documents = read_all(files, config::References::kResolve, diagnostics);
  Result<config::WorkerConfig> worker = config::load_worker(
      documents.worker ? &*documents.worker : nullptr, documents.pointers(), diagnostics);
  diagnostics.sort();
  LETHE_TRY(diagnostics.verdict("configuration"));
  return worker;
}

}  // namespace lethe::worker::cli
