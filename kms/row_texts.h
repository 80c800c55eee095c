// SPDX-License-Identifier: Apache-2.0
//
// What fence, erased, state and beacon rows say, and the two canonical JSON texts in which every
// store keeps it (specification, section 10; state: docs/formats/control.md). The MAC in the value,
// under the tenant secret, covers both texts: only a row that carries it may say that a subject was
// erased. Immutable after construction: thread-safe.

#ifndef LETHE_KMS_ROW_TEXTS_H_
#define LETHE_KMS_ROW_TEXTS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "kms/key_ring.h"
#include "kms/store/rows.h"

namespace lethe::kms {

struct Fence {
  store::SubjectHash subject;
  std::uint64_t version = 0;
  std::vector<store::DekId> dek_ids;  // sorted, distinct
  std::string erasure_id;             // [A-Za-z0-9_-]{1,64}
  std::optional<ErasedPolicy> policy;
  friend bool operator==(const Fence&, const Fence&) = default;
};

struct Erased {
  store::DekId dek_id;
  store::SubjectHash subject;
  std::uint64_t fence_version = 0;
  bool lost = false;  // a row that lost a race, not an erasure
  friend bool operator==(const Erased&, const Erased&) = default;
};

// An erasure that waits: for approval, or for its time. It counts only while `fence` is the
// subject's current version: once fenced, it is over.
struct Pending {
  std::string erasure_id;
  std::uint64_t fence = 0;
  std::chrono::milliseconds execute_at{};  // since 1970
  bool undo = false;                       // nobody reads meanwhile
  std::string proposer;                    // waits for somebody else's approval; empty: does not
  std::optional<ErasedPolicy> policy;
  friend bool operator==(const Pending&, const Pending&) = default;
};

struct State {
  store::SubjectHash subject;
  bool restricted = false;
  bool held = false;
  std::uint64_t reinstated = 0;  // the fence version behind which new keys may be born; 0: none
  std::optional<Pending> pending{};
  friend bool operator==(const State&, const State&) = default;
};

struct Beacon {
  std::string worker;  // of one process
  std::uint64_t number = 0;
  std::chrono::milliseconds lease{};
  std::vector<std::uint64_t> epochs;
  friend bool operator==(const Beacon&, const Beacon&) = default;
};

bool is_erasure_id(std::string_view text) noexcept;

// "block", "recreate", "drop".
std::string_view to_string(ErasedPolicy policy) noexcept;
std::optional<ErasedPolicy> to_erased_policy(std::string_view text) noexcept;

class RowTexts {
 public:
  // The secret is borrowed: it outlives this object.
  explicit RowTexts(std::span<const std::uint8_t, 32> tenant_secret) : secret_(tenant_secret) {}

  store::FenceRow write(const Fence& fence) const;
  store::ErasedRow write(const Erased& erased) const;
  store::StateRow write(const State& state) const;
  store::BeaconRow write(const Beacon& beacon) const;

  // Nothing: the texts are not canonical, not of this form, or the MAC does not fit. The row's
  // columns are not looked at.
  std::optional<Fence> read(const store::FenceRow& row) const;
  std::optional<Erased> read(const store::ErasedRow& row) const;
  std::optional<State> read(const store::StateRow& row) const;
  std::optional<Beacon> read(const store::BeaconRow& row) const;

  // The canonical text of `value` with its member "mac" added; and the object, if the text is
  // canonical and its MAC fits.
  std::string write_value(std::string_view key, json::Value value) const;
  std::optional<json::Value> read_value(std::string_view key, std::string_view value) const;

 private:
  std::span<const std::uint8_t, 32> secret_;
};

}  // namespace lethe::kms

#endif  // LETHE_KMS_ROW_TEXTS_H_
