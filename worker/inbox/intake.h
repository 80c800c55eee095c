// SPDX-License-Identifier: Apache-2.0
//
// Hands requests to the erasures behind it, one erasure per name, and remembers the salts of those
// that began until their acknowledgement is durable: a request that has to be made again, because
// the store or the broker failed in the middle, is answered with them. Owned by the step that takes
// requests in; one thread.

#ifndef LETHE_WORKER_INBOX_INTAKE_H_
#define LETHE_WORKER_INBOX_INTAKE_H_

#include <map>
#include <string>

#include "worker/inbox/acknowledgement.h"
#include "worker/inbox/erasure_request.h"

namespace lethe::worker::inbox {

class Intake {
 public:
  // The erasures outlive it.
  explicit Intake(kms::erasure::Erasures& erasures) : erasures_(erasures) {}

  // transient, internal: take the request again later. What cannot be done at all is in the
  // acknowledgement, name by name.
  Result<Acknowledgement> take(const ErasureRequest& request);
  // All that was taken so far is acknowledged.
  void acknowledged() { salts_.clear(); }

 private:
  Result<Answer> ask(const ErasureRequest& request, std::size_t n);

  kms::erasure::Erasures& erasures_;
  std::map<std::string, std::string> salts_;  // by erasure id
};

}  // namespace lethe::worker::inbox

#endif  // LETHE_WORKER_INBOX_INTAKE_H_
