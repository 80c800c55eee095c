// SPDX-License-Identifier: Apache-2.0
//
// A rehearsal: something dangerous done in a child process first, to see whether it survives.
// Loading a library runs its code, and nothing else contains what that code may do: an exception in
// a static initializer ends the process inside dlopen() (std::terminate; no catch is reached), a
// wild pointer or an exit() does the same. What fails in the child is reported and never tried
// here. To be called before the process starts threads, as fork() demands.

#ifndef LETHE_WORKER_LOADER_REHEARSAL_H_
#define LETHE_WORKER_LOADER_REHEARSAL_H_

#include <chrono>
#include <functional>
#include <string>

#include "lethe/result.h"

namespace lethe::worker::loader {

inline constexpr std::chrono::milliseconds kRehearsalPatience{10'000};

// The outcome of attempt() in the child. bad_config as well if the child dies or exceeds
// `patience`; the message names `file`, how it ended and the remedy. internal: no child to be had.
Result<void> rehearse(const std::string& file, const std::function<Result<void>()>& attempt,
                      std::chrono::milliseconds patience = kRehearsalPatience);

}  // namespace lethe::worker::loader

#endif  // LETHE_WORKER_LOADER_REHEARSAL_H_
