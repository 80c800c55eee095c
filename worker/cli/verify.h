// SPDX-License-Identifier: Apache-2.0
//
// `lethe verify CERTIFICATE`: judges an erasure certificate with nothing but files: no store, no
// network, no configuration. What it prints says as much about what the certificate does not show
// as about what it shows. Exit 1 with the error's name if it does not verify.

#ifndef LETHE_WORKER_CLI_VERIFY_H_
#define LETHE_WORKER_CLI_VERIFY_H_

#include <string>

namespace lethe::worker::cli {

struct VerifyCommand {
  std::string certificate;   // file
  std::string verifier_key;  // its text, or a file that holds it; empty: the receipt's
  std::string journal;       // file with the lines of the journal; empty: none
  std::string subject;       // key name; "-": a line of standard input; empty: nobody's
  std::string salt;          // hex
  std::string receipt;       // file that holds the salt
  bool json = false;
};

int verify(const VerifyCommand& command);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_VERIFY_H_
