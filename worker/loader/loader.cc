// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/loader.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "lethe/strided.h"
#include "worker/loader/library.h"
#include "worker/loader/module_check.h"
#include "worker/loader/refusal.h"
#include "worker/loader/rehearsal.h"
#include "worker/loader/trusted_path.h"

namespace lethe::worker::loader {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "lethe-";
constexpr std::string_view kSuffix = ".so";

bool is_plugin_name(std::string_view name) {
  return name.size() > kPrefix.size() + kSuffix.size() &&
         name.substr(0, kPrefix.size()) == kPrefix &&
         name.substr(name.size() - kSuffix.size()) == kSuffix;
}

Result<const lethe_module*> open_checked(const std::string& file) {
  const lethe_module* module = LETHE_TRY(open_library(file));
  LETHE_TRY(check_module(*module, file));
  return module;
}

// `file` is canonical and trusted.
Result<std::vector<LoadedPlugin>> load_trusted(const std::string& file) {
  const auto attempt = [&]() -> Result<void> {
    LETHE_TRY(open_checked(file));
    return {};
  };
  LETHE_TRY(rehearse(file, attempt));
  const lethe_module* module = LETHE_TRY(open_checked(file));
  std::vector<LoadedPlugin> plugins;
  for (const lethe_plugin& plugin :
       Strided<const lethe_plugin>(module->plugins, module->plugin_stride, module->n_plugins))
    plugins.push_back({&plugin, module, file});
  return plugins;
}

Result<void> load_into(PluginCatalog& catalog, const std::string& path) {
  const std::string file = LETHE_TRY(trusted_file(path));
  if (catalog.has_file(file)) return {};  // a second link to it, or its folder named twice
  return catalog.add_library(LETHE_TRY(load_trusted(file)));
}

Result<std::vector<std::string>> plugins_in(const std::string& folder) {
  const std::string trusted = LETHE_TRY(trusted_folder(folder));
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator i(trusted, error), end; !error && i != end; i.increment(error))
    if (is_plugin_name(i->path().filename().string())) paths.push_back(i->path().string());
  if (error)
    return refused(trusted, "cannot be listed (" + error.message() + ")",
                   "let the user of this worker read it");
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

std::vector<std::string> plugin_folders(const std::vector<std::string>& configured) {
  std::vector<std::string> folders;
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  const fs::path ours = executable.parent_path().parent_path() / "lib/lethe/plugins";
  if (!error && fs::is_directory(ours, error)) folders.push_back(ours.string());
  folders.insert(folders.end(), configured.begin(), configured.end());
  return folders;
}

PluginCatalog load_plugins(const std::vector<std::string>& folders) {
  PluginCatalog catalog;
  for (const std::string& folder : folders) {
    const Result<std::vector<std::string>> paths = plugins_in(folder);
    if (!paths) catalog.complain(paths.error().message());
    if (!paths) continue;
    for (const std::string& path : *paths)
      if (const Result<void> loaded = load_into(catalog, path); !loaded)
        catalog.complain(loaded.error().message());
  }
  return catalog;
}

Result<std::vector<LoadedPlugin>> load_library(const std::string& path) {
  return load_trusted(LETHE_TRY(trusted_file(path)));
}

}  // namespace lethe::worker::loader
