// SPDX-License-Identifier: Apache-2.0
//
// The operations of the vector files, a file per family. Each reproduces its `out` members or ends
// in an error name.

#ifndef LETHE_WORKER_CLI_SELFTEST_OPERATIONS_H_
#define LETHE_WORKER_CLI_SELFTEST_OPERATIONS_H_

#include "worker/cli/selftest_case.h"

namespace lethe::worker::cli {

// selftest_derive.cc
Outcome run_dek_id(const Arguments& in);
Outcome run_suite_key(const Arguments& in);
Outcome run_subject_hash(const Arguments& in);
Outcome run_subject_commit(const Arguments& in);
Outcome run_padded_length(const Arguments& in);
Outcome run_jcs(const Arguments& in);

// selftest_value.cc
Outcome run_encode(const Arguments& in);
Outcome run_decode(const Arguments& in);

// selftest_context.cc, selftest_seal.cc, selftest_carrier.cc
Outcome run_path(const Arguments& in);
Outcome run_aad(const Arguments& in);
Outcome run_seal(const Arguments& in);
Outcome run_open(const Arguments& in);
Outcome run_transcode(const Arguments& in);

// selftest_edek.cc
Outcome run_edek_wrap(const Arguments& in);
Outcome run_edek_unwrap(const Arguments& in);

// selftest_journal.cc
Outcome run_checkpoint(const Arguments& in);
Outcome run_journal(const Arguments& in);
Outcome run_proof(const Arguments& in);
Outcome run_certificate(const Arguments& in);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SELFTEST_OPERATIONS_H_
