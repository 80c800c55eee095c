// SPDX-License-Identifier: Apache-2.0
//
// Whose word a plugin is. A library runs in the worker's address space, beside the keys, so whoever
// may write the file or the folder it lies in owns the worker. Both must belong to root or to the
// user of this process, and neither group nor others may write them. Symbolic links are resolved
// first; what is judged is what would be loaded. Stateless, thread-safe.

#ifndef LETHE_WORKER_LOADER_TRUSTED_PATH_H_
#define LETHE_WORKER_LOADER_TRUSTED_PATH_H_

#include <string>

#include "lethe/result.h"

namespace lethe::worker::loader {

// The canonical path of a folder that only root or we may write. bad_config: it is missing, or
// others may write it; the message names the folder and the command that mends it.
Result<std::string> trusted_folder(const std::string& folder);

// The same of a regular file and of the folder it lies in.
Result<std::string> trusted_file(const std::string& file);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_TRUSTED_PATH_H_
