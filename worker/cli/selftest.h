// SPDX-License-Identifier: Apache-2.0
//
// `lethe selftest --vectors DIR`: runs the known answers of a directory against this build, so that
// anyone can check an installed worker against the published format, or another implementation's
// vectors against ours. The files are described in docs/formats/vectors/README.md. One thread.

#ifndef LETHE_WORKER_CLI_SELFTEST_H_
#define LETHE_WORKER_CLI_SELFTEST_H_

#include <ostream>
#include <string>

#include "lethe/result.h"

namespace lethe::worker::cli {

struct SelfTestReport {
  int passed = 0;
  int failed = 0;
  int skipped = 0;  // an operation or suite that this build does not have
};

// Runs every *.json of `dir`, in the order of their names. Writes one line per failed and per
// skipped case and, last, "N passed, M failed, K skipped". bad_config if the directory or a file in
// it cannot be read or is no vector file.
Result<SelfTestReport> run_vectors(const std::string& dir, std::ostream& out);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SELFTEST_H_
