// SPDX-License-Identifier: Apache-2.0
//
// An erasure in the words of the journal: what a request leaves in it, and what can be read from
// it by whoever completes the erasure. The subject appears as its pseudonym, which is keyed by the
// tenant secret, and as a commitment, salted anew for each erasure. Values; any thread.

#ifndef LETHE_KMS_ERASURE_WORDS_H_
#define LETHE_KMS_ERASURE_WORDS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kms/crypto/digest.h"
#include "kms/erasure/erasures.h"
#include "kms/erasure_order.h"
#include "kms/journal/entry.h"
#include "kms/row_texts.h"
#include "kms/store/rows.h"

namespace lethe::kms::erasure {

// What is to be done, as REQUESTED tells it to every worker.
struct Order {
  std::string erasure_id;
  store::SubjectHash subject;
  crypto::Digest commit{};
  std::string actor;
  std::string approver{};
  std::optional<ErasedPolicy> policy{};
  bool unseen = false;
  bool propose = false;
  std::chrono::milliseconds execute_at{};  // since 1970; 0: at once
  bool undo = false;                       // nobody reads until then
};

journal::Event requested(const Order& order);
// Nothing: an entry that was not made by requested().
std::optional<Order> to_order(const journal::Entry& requested);

journal::Event fenced(const Order& order, const DoneErasure& done, std::uint64_t epoch);
// CANCELLED, EFFECTIVE, EDEKS_REMOVED, HELD, BLOCKED. evidence: an object or null.
journal::Event event_of(journal::EventKind kind, const Order& order, std::string actor,
                        json::Value evidence = {});

// CANCELLED: another erasure had done it all; and which one, from such an entry.
journal::Event done_by(const Order& order, std::string actor, std::string_view erasure_id);
std::optional<std::string> done_instead(const journal::Entry& cancelled);

// Whose erasure an entry of the journal is about; nothing: the entry does not say.
std::optional<store::SubjectHash> subject_of(const journal::Entry& entry);

// What the entries of one erasure amount to.
Status to_status(std::span<const journal::Entry> entries);

std::string draw_id(std::string_view prefix);

}  // namespace lethe::kms::erasure

#endif  // LETHE_KMS_ERASURE_WORDS_H_
