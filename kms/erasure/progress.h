// SPDX-License-Identifier: Apache-2.0
//
// The erasures that are under way, by whichever worker: found in the journal, and taken one step
// further whenever that is possible. Every worker does it, so that nothing stays half done; the
// store and the journal settle who was first. Also turns rows that were removed by hand into
// erasures. Thread-safe.

#ifndef LETHE_KMS_ERASURE_PROGRESS_H_
#define LETHE_KMS_ERASURE_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "kms/erasure/effect.h"
#include "kms/erasure/words.h"
#include "kms/gateway_parts.h"

namespace lethe::kms::erasure {

class Progress {
 public:
  using Alarm = std::function<void(std::string_view text)>;

  // actor: of this worker's own entries. most_per_minute: erasures that nobody has confirmed.
  Progress(GatewayParts& parts, std::string actor, std::size_t most_per_minute, Alarm alarm);

  // Reads what is new and does what is due.
  Result<void> step();

  // The fence, in the store and in the journal; or that an earlier erasure had done it all, which
  // cancels this one. blocked: under a hold.
  Result<void> erase(const Order& order, std::vector<store::DekId> removed = {});
  // Rows below the fence that somebody put back go again.
  Result<void> bury_again(const store::SubjectHash& subject);
  // Requests of the last minute, by any worker, as far as the journal has been read.
  std::size_t requests_lately();

 private:
  struct Open {
    Order order;
    Moment seen{};  // when this worker learned of it
    bool fenced = false;
    bool effective = false;
    std::uint64_t fence_version = 0;
    std::vector<store::DekId> dek_ids{};
    std::optional<Effect> effect{};
  };

  void learn_new();
  void learn(const journal::Entry& entry);
  Result<void> adopt_fences();
  Result<void> honour_tombstones();
  Result<void> advance(Open& open);
  Result<void> begin(Open& open);
  Result<void> become_effective(Open& open);
  Result<void> remove(Open& open);
  std::chrono::milliseconds now_ms() const;
  bool too_many() const;
  void raise_once(const std::string& about, std::string_view text);

  GatewayParts& parts_;
  const std::string actor_;
  const std::size_t most_per_minute_;
  const Alarm alarm_;
  std::mutex mutex_;
  std::uint64_t read_ = 0;  // entries of the journal
  bool fences_adopted_ = false;
  std::map<std::string, Open> open_;
  std::deque<journal::Time> requests_;
  std::set<std::string> raised_;
  std::map<store::SubjectHash, std::uint64_t> fenced_;  // the highest version in the journal
  Effect::Numbers silent_;                              // beacons of workers without a lease
};

}  // namespace lethe::kms::erasure

#endif  // LETHE_KMS_ERASURE_PROGRESS_H_
