// SPDX-License-Identifier: Apache-2.0
//
// Dead letters under the tenant's dead-letter key: sealed whole by the pipeline, opened by `lethe
// replay`. A sealed dead letter is a sealed value of type bytes in the text carrier, bound to the
// tenant and the whole value (profile 1, path ""). Each object belongs to one thread.

#ifndef LETHE_WORKER_TENANT_SEAL_H_
#define LETHE_WORKER_TENANT_SEAL_H_

#include <memory>
#include <string>
#include <string_view>

#include "kms/key_ring.h"
#include "worker/pipeline/dead_letter.h"

namespace lethe::worker {

class TenantSeal final : public pipeline::DeadLetterSeal {
 public:
  // session: one that may use reserved names (GatewayKms::internal_session).
  TenantSeal(std::unique_ptr<kms::KeySession> session, std::string tenant)
      : session_(std::move(session)), tenant_(std::move(tenant)) {}

  Result<std::string_view> seal(std::string_view original, connectors::Arena& arena) override;

  // The original again. bad_record: no sealed dead letter, or changed; unknown_key: of another
  // store; transient: the store is away.
  Result<std::string> open(std::string_view sealed);

 private:
  std::unique_ptr<kms::KeySession> session_;
  const std::string tenant_;
};

}  // namespace lethe::worker

#endif  // LETHE_WORKER_TENANT_SEAL_H_
