// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/module_check.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "lethe/options.h"
#include "lethe/strided.h"
#include "lethe/utf8.h"
#include "worker/loader/option_check.h"
#include "worker/loader/printable.h"
#include "worker/loader/refusal.h"

namespace lethe::worker::loader {
namespace {

// The sizes of minor 0, which every later minor keeps as its beginning.
constexpr std::size_t kModuleSize = offsetof(lethe_module, n_messages) + sizeof(std::uint64_t);
constexpr std::size_t kPluginSize = offsetof(lethe_plugin, unwrap) + sizeof(void (*)());

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

bool is_control(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
}

std::string quoted(const lethe_view& name) {
  return "\"" + printable(name) + "\"";
}

// A size that no name has may be a lie, and reading that far would be our crash.
std::string quoted_if_short(const lethe_view& name) {
  return name.size <= kMaxNameLength ? quoted(name) : std::to_string(name.size) + " bytes";
}

Result<void> check_version(const lethe_module& module, const std::string& file) {
  if (module.struct_size < kModuleSize || module.struct_size > kMaxStructSize)
    return refused(file, "its module table says a size of " + std::to_string(module.struct_size),
                   kRebuild);
  if (module.min_minor > LETHE_ABI_MINOR)
    return refused(file,
                   "needs ABI 1." + std::to_string(module.min_minor) + ", this worker speaks 1." +
                       std::to_string(LETHE_ABI_MINOR),
                   "upgrade the worker, or rebuild it against the SDK of this worker");
  if (!is_name(module.name)) return refused(file, "its module has no proper name", kMend);
  if (!is_prose(module.version, kMaxNameLength))
    return refused(file, "its module has no proper version", kMend);
  return {};
}

Result<void> check_messages(const lethe_module& module, const std::string& file) {
  if (module.n_messages == 0) return {};
  if (module.n_messages > kMaxMessages ||
      !is_array(module.messages, sizeof(lethe_view), sizeof(lethe_view)))
    return refused(file, "its table of messages is missing or too long", kMend);
  for (std::uint64_t i = 0; i < module.n_messages; ++i)
    if (module.messages[i].data == nullptr || !is_prose(module.messages[i], kMaxMessageLength))
      return refused(file, "its message " + std::to_string(i) + " is no line of text", kMend);
  return {};
}

// The name of a function the plugin's kind needs and the table lacks, or nullptr.
const char* missing_function(const lethe_plugin& plugin) {
  if (plugin.make == nullptr) return "make";
  if (plugin.destroy == nullptr) return "destroy";
  if (plugin.kind == LETHE_TRANSFORM && plugin.apply == nullptr) return "apply";
  if (plugin.kind == LETHE_PREDICATE && plugin.test == nullptr) return "test";
  if (plugin.kind != LETHE_ROOT_KEY_PROVIDER) return nullptr;
  if (plugin.wrap == nullptr) return "wrap";
  return plugin.unwrap == nullptr ? "unwrap" : nullptr;
}

Result<void> check_plugin(const lethe_plugin& plugin, std::uint64_t stride,
                          const std::string& file) {
  if (plugin.struct_size < kPluginSize || plugin.struct_size > stride)
    return refused(file, "a plugin table says a size of " + std::to_string(plugin.struct_size),
                   kRebuild);
  if (!is_name(plugin.name))
    return refused(file, "a plugin without a proper name (" + quoted_if_short(plugin.name) + ")",
                   kMend);
  const std::string who = "its plugin " + quoted(plugin.name);
  if (kind_name(plugin.kind).empty())
    return refused(file, who + " is of unknown kind " + std::to_string(plugin.kind),
                   "upgrade the worker, or rebuild it against the SDK of this worker");
  if (!is_prose(plugin.version, kMaxNameLength) || !is_prose(plugin.doc, kMaxDocLength))
    return refused(file, who + " has no proper version or doc", kMend);
  if (const char* missing = missing_function(plugin))
    return refused(file, who + " lacks the function " + missing, kMend);
  return check_options(plugin, file);
}

Result<void> check_plugins(const lethe_module& module, const std::string& file) {
  if (module.n_plugins == 0 || module.n_plugins > kMaxPlugins ||
      !is_array(module.plugins, module.plugin_stride, kPluginSize))
    return refused(file, "its table of plugins is missing, empty or too long", kMend);
  std::set<std::pair<std::uint32_t, std::string_view>> seen;
  for (const lethe_plugin& plugin :
       Strided<const lethe_plugin>(module.plugins, module.plugin_stride, module.n_plugins)) {
    LETHE_TRY(check_plugin(plugin, module.plugin_stride, file));
    if (!seen.emplace(plugin.kind, to_text(plugin.name)).second)
      return refused(file, "it offers the plugin " + quoted(plugin.name) + " twice", kMend);
  }
  return {};
}

}  // namespace

std::string_view kind_name(std::uint32_t kind) noexcept {
  switch (kind) {
    case LETHE_TRANSFORM:
      return "transform";
    case LETHE_PREDICATE:
      return "predicate";
    case LETHE_ROOT_KEY_PROVIDER:
      return "root key provider";
    default:
      return {};
  }
}

bool is_name(const lethe_view& text) noexcept {
  if (text.data == nullptr || text.size == 0 || text.size > kMaxNameLength) return false;
  const std::string_view name = to_text(text);
  return std::all_of(name.begin(), name.end(), is_name_character);
}

bool is_prose(const lethe_view& text, std::size_t limit) noexcept {
  if (text.data == nullptr) return text.size == 0;
  if (text.size > limit) return false;
  const std::string_view prose = to_text(text);
  return std::none_of(prose.begin(), prose.end(), is_control) && is_utf8(prose);
}

bool is_array(const void* first, std::uint64_t stride, std::size_t smallest) noexcept {
  return first != nullptr && reinterpret_cast<std::uintptr_t>(first) % alignof(void*) == 0 &&
         stride >= smallest && stride <= kMaxStructSize && stride % alignof(void*) == 0;
}

Result<void> check_module(const lethe_module& module, const std::string& file) {
  LETHE_TRY(check_version(module, file));
  LETHE_TRY(check_messages(module, file));
  return check_plugins(module, file);
}

}  // namespace lethe::worker::loader
