// SPDX-License-Identifier: Apache-2.0

#include "worker/loader/library.h"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>

#include "worker/loader/printable.h"
#include "worker/loader/refusal.h"

namespace lethe::worker::loader {
namespace {

namespace dll = boost::dll;

constexpr int kLatestMajorWorthNaming = 99;
// Enough for "undefined symbol: <mangled name>", which the author needs.
constexpr std::size_t kLinkerTextLength = 240;

// RTLD_NODELETE is not among Boost's names, which are the system's numbers: the handle may go, the
// library stays.
dll::load_mode::type load_mode() {
  return dll::load_mode::rtld_now | dll::load_mode::rtld_local |
         static_cast<dll::load_mode::type>(RTLD_NODELETE);
}

// The dynamic linker names the missing dependency or symbol; it has seen no record.
std::string linker_text() {
  const char* said = ::dlerror();
  return said == nullptr ? "no reason given" : printable(std::string_view(said), kLinkerTextLength);
}

Error without_symbol(const std::string& file, const dll::shared_library& library) {
  for (int major = 0; major <= kLatestMajorWorthNaming; ++major)
    if (library.has("lethe_module_v" + std::to_string(major)))
      return refused(file,
                     "is built for ABI major " + std::to_string(major) + ", this worker speaks " +
                         std::to_string(LETHE_ABI_MAJOR),
                     major > LETHE_ABI_MAJOR ? "upgrade the worker, or rebuild it" : kRebuild);
  return refused(file, "is no Lethe plugin: it exports no lethe_module_v1",
                 "take it out of the plugin folder, or build it with lethe_add_plugin()");
}

}  // namespace

Result<const lethe_module*> open_library(const std::string& file) {
  try {
    dll::fs::error_code error;
    dll::shared_library library;
    library.load(file, error, load_mode());
    if (error)
      return refused(file, "the system cannot load it (" + linker_text() + ")",
                     "install what it needs, or rebuild it for this machine");
    if (!library.has("lethe_module_v1")) return without_symbol(file, library);
    const lethe_module* module = library.get<const lethe_module*()>("lethe_module_v1")();
    if (module == nullptr) return refused(file, "lethe_module_v1() answered NULL", kMend);
    return module;
  } catch (...) {
    return refused(file, "threw an exception while it was being loaded", kMend);
  }
}

}  // namespace lethe::worker::loader
