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

struct WantedErasure {
  store::SubjectHash subject;
  std::string erasure_id;
  std::optional<ErasedPolicy> policy{};
  bool unseen = false;                  // fence it even if it has no key
  std::vector<store::DekId> removed{};  // keys whose rows were removed by hand
};

struct DoneErasure {
  std::string erasure_id;  // of an earlier one if the subject had no live key any more
  std::uint64_t fence_version = 0;
  std::vector<store::DekId> dek_ids;  // sorted
  std::optional<ErasedPolicy> policy;
  bool already_done = false;
};

class ErasureOrder {
 public:
  ErasureOrder(GatewayParts& parts, const WantedErasure& wanted) : parts_(parts), wanted_(wanted) {}

  // unknown_key: nothing is there to erase.
  Result<DoneErasure> run();
  // Only completes what erasures of this subject have left over; never raises a fence.
  Result<void> complete_earlier();

 private:
  // Reads the subject's rows and fences.
  Result<void> look();
  // The erasure that this request repeats.
  std::optional<Fence> done_before() const;
  // Buries rows below the fence that an erasure left, or that were born while it was written, and
  // adds their ids.
  Result<void> complete(DoneErasure& done);
  std::vector<store::ErasedRow> erased_rows(std::uint64_t fence_version) const;
  Fence next_fence() const;
  static DoneErasure report(const Fence& fence, bool already_done);

  GatewayParts& parts_;
  const WantedErasure& wanted_;
  std::vector<store::EdekRow> rows_;
  std::vector<Fence> fences_;  // lowest version first
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_ERASURE_ORDER_H_
