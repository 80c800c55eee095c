// SPDX-License-Identifier: Apache-2.0
//
// The order of an erasure (custody protocol, section 5): the subject's EDEK rows are read, the
// fence that names them is appended, their erased rows are written, the rows are removed. The store
// does it in one step or refuses it, in which case it is looked at again. Idempotent: an erasure
// that was done is found and returned, and what of it was left over is completed. Any thread.

#ifndef LETHE_KMS_ERASURE_ORDER_H_
#define LETHE_KMS_ERASURE_ORDER_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kms/gateway_parts.h"
#include "kms/key_custody.h"

namespace lethe::kms {

class ErasureOrder {
 public:
  ErasureOrder(GatewayParts& parts, const store::SubjectHash& subject, const ShredOptions& options)
      : parts_(parts), subject_(subject), options_(options) {}

  Result<Erasure> run();

 private:
  // Reads the subject's rows and fences.
  Result<void> look();
  // The erasure that this request repeats.
  std::optional<Fence> done_before() const;
  Result<void> complete();
  std::vector<store::ErasedRow> erased_rows(std::uint64_t fence_version) const;
  Fence next_fence() const;
  Erasure report(const Fence& fence, bool already_done) const;

  GatewayParts& parts_;
  const store::SubjectHash subject_;
  const ShredOptions& options_;
  std::string erasure_id_;
  std::vector<store::EdekRow> rows_;
  std::vector<Fence> fences_;  // lowest version first
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_ERASURE_ORDER_H_
