// SPDX-License-Identifier: Apache-2.0

#include "worker/inbox/intake.h"

#include <utility>

namespace lethe::worker::inbox {

Result<Acknowledgement> Intake::take(const ErasureRequest& request) {
  Acknowledgement acknowledgement{request.id, {}};
  for (std::size_t n = 1; n <= request.names.size(); ++n)
    acknowledgement.answers.push_back(LETHE_TRY(ask(request, n)));
  return acknowledgement;
}

Result<Answer> Intake::ask(const ErasureRequest& request, std::size_t n) {
  kms::erasure::Request erasure;
  erasure.name = request.names[n - 1];
  erasure.erasure_id = erasure_id(request.id, n);
  erasure.actor = request.actor;
  erasure.policy = request.policy;
  erasure.unseen = request.unseen;
  erasure.propose = request.propose;
  erasure.execute_at = request.execute_at;
  erasure.undo_window = request.undo_window;
  Answer answer{erasure.erasure_id};
  Result<kms::erasure::Status> status = erasures_.request(erasure);
  if (status) {
    answer.status = std::move(status).value();
    // Of a subject that was erased before, the answer is that erasure.
    answer.erasure_id = answer.status->erasure_id;
    if (!answer.status->already_known) salts_[answer.erasure_id] = answer.status->salt;
    const auto salt = salts_.find(answer.erasure_id);
    answer.status->salt = salt == salts_.end() ? std::string() : salt->second;
    return answer;
  }
  const ErrorKind kind = status.error().kind();
  if (kind == ErrorKind::kTransient || kind == ErrorKind::kInternal)
    return std::move(status).error();
  answer.refusal = std::move(status).error();
  return answer;
}

}  // namespace lethe::worker::inbox
