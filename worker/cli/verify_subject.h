// SPDX-License-Identifier: Apache-2.0
//
// `lethe verify --subject NAME`: reads records, asks for the key of every sealed value in them, and
// tries to open it: the proof of the pudding after an erasure. It counts and prints no plaintext.
// Exit 1 if a value of this subject can still be opened.

#ifndef LETHE_WORKER_CLI_VERIFY_SUBJECT_H_
#define LETHE_WORKER_CLI_VERIFY_SUBJECT_H_

#include <string>

#include "worker/cli/custody.h"

namespace lethe::worker::cli {

struct VerifySubjectCommand {
  CustodyOptions common;  // at most one pipeline: whose store, brokers and dataset are meant
  std::string name;       // "-": a line of standard input
  std::string topic;      // where the records are; neither: the pipeline's sink
  std::string file;
};

int verify_subject(const VerifySubjectCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_VERIFY_SUBJECT_H_
