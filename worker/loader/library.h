// SPDX-License-Identifier: Apache-2.0
//
// The door to Boost.DLL: opens a shared library and finds its module table. Symbols are bound at
// once and stay local to the library; it is never unloaded, since tables, vtables and texts of it
// are referred to until the process ends. Runs code of the library (static initializers and
// lethe_module_v1), so a library is opened in a child process first: rehearsal.h.

#ifndef LETHE_WORKER_LOADER_LIBRARY_H_
#define LETHE_WORKER_LOADER_LIBRARY_H_

#include <string>

#include "lethe/abi.h"
#include "lethe/result.h"

namespace lethe::worker::loader {

// The table as the library gave it, unchecked (module_check.h); never null. bad_config: the system
// refuses the library, it is no plugin, it was built for another ABI, it threw or gave no table.
Result<const lethe_module*> open_library(const std::string& file);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_LIBRARY_H_
