// SPDX-License-Identifier: Apache-2.0
//
// Erasures, from request to certificate, as command line, inbox and other adapters see them: they
// translate, this decides. Idempotent by erasure id, which is looked up in the journal: a request
// that comes again, from anywhere and at any time, gets the state of the first. What one worker
// leaves half done, every other one completes. Thread-safe. Errors: bad_config for what cannot be
// asked, unknown_key for a name without any row, blocked under a hold, transient when the store is
// away. No name appears in a message.

#ifndef LETHE_KMS_ERASURE_ERASURES_H_
#define LETHE_KMS_ERASURE_ERASURES_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kms/key_ring.h"
#include "lethe/result.h"

namespace lethe::kms::erasure {

using Time = std::chrono::system_clock::time_point;

struct Request {
  std::string name;          // a key name, without scheme
  std::string erasure_id{};  // [A-Za-z0-9_-]{1,64}; empty: one is drawn
  std::string actor;         // who asks: "user:dpo", "topic:erasure-requests"; never the person
  std::optional<ErasedPolicy> policy{};      // for new data; else the pipelines' own
  bool unseen = false;                       // fence a name that has no key yet
  bool propose = false;                      // wait for another actor's approve()
  std::optional<Time> execute_at{};          // reading goes on until then
  std::chrono::milliseconds undo_window{0};  // restricted until it has passed
  bool confirmed = false;                    // somebody knows how many these are
};

enum class Stage : std::uint8_t {
  kProposed,   // waits for approval
  kPending,    // waits for its time
  kFenced,     // durable; nobody may begin to use the keys
  kEffective,  // L0: every worker has acknowledged it, or its lease has run out
  kRemoved,    // L1: no wrapped key of it is left in the live store
  kCancelled,
};

struct Status {
  std::string erasure_id;
  std::string subject;  // its hash, hex
  Stage stage = Stage::kPending;
  std::uint64_t fence_version = 0;   // 0 before the fence
  std::vector<std::string> dek_ids;  // destroyed keys, 8-4-4-4-12, sorted
  std::optional<ErasedPolicy> policy;
  std::optional<Time> requested_at, execute_at, fenced_at, effective_at, removed_at;
  std::string subject_commit;  // hex; proves together with the salt whose erasure it is
  std::string salt;            // hex; only in the answer to the request that began the erasure
  bool already_known = false;  // the request repeats an earlier one
};

class Erasures {
 public:
  virtual ~Erasures() = default;

  // Begins an erasure, or finds it. Returns when its fence is durable, or when it was noted as
  // proposed or pending. A second request for a subject without a live key is its first. transient:
  // more requests than usual within a minute, and nobody has confirmed them.
  virtual Result<Status> request(const Request& request) = 0;
  // unknown_key: no such erasure.
  virtual Result<Status> status(std::string_view erasure_id) = 0;
  // bad_config when it is too late, or when the proposer approves the own proposal.
  virtual Result<Status> cancel(std::string_view erasure_id, std::string_view actor) = 0;
  virtual Result<Status> approve(std::string_view erasure_id, std::string_view actor) = 0;
  // Under a hold no erasure begins; reading goes on.
  virtual Result<void> hold(std::string_view name, bool held, std::string_view actor) = 0;
  // New data of an erased subject is sealed again, under a new key; nothing old comes back.
  virtual Result<void> reinstate(std::string_view name, std::string_view actor) = 0;

  // Waits until the erasure has come to `stage`; transient when it has not within `at_most`.
  virtual Result<Status> wait(std::string_view erasure_id, Stage stage,
                              std::chrono::milliseconds at_most) = 0;
  // The certificate of the highest level that is reached, as JSON text; bad_config before L0.
  virtual Result<std::string> certificate(std::string_view erasure_id) = 0;

  // One step of whatever is due: pending erasures whose time has come, erasures that somebody left
  // half done, levels that were reached, tombstones made by hand. Called by the housekeeper.
  virtual Result<void> tick() = 0;
};

}  // namespace lethe::kms::erasure

#endif  // LETHE_KMS_ERASURE_ERASURES_H_
