// SPDX-License-Identifier: Apache-2.0
//
// The laws of the custody protocol as a user of values sees them, judged by the truth in the log:
// every value that somebody kept, and what may become of it. Called by workers at each step; a
// broken law is noted in the world. Owned by a schedule; one thread.

#ifndef LETHE_TESTS_SIMULATION_LAWS_H_
#define LETHE_TESTS_SIMULATION_LAWS_H_

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "lethe/result.h"
#include "tests/simulation/world.h"
#include "tests/support/kms/sessions.h"

namespace lethe::simulation {

namespace law {
inline constexpr std::string_view kForgottenInTime = "forgotten_in_time";
inline constexpr std::string_view kOneKey = "one_active_key";
inline constexpr std::string_view kDurableBeforeUse = "durable_before_use";
inline constexpr std::string_view kRaceErasesNobody = "race_erases_nobody";
inline constexpr std::string_view kShreddedByFence = "shredded_by_fence_only";
inline constexpr std::string_view kNoFalseAlarm = "no_false_alarm";
inline constexpr std::string_view kSameEnd = "same_end";
}  // namespace law

// A value that left its worker.
struct KeptValue {
  std::size_t number = 0;
  std::string text;
  kms::SealedText sealed;
  kms::store::SubjectHash hash;
  std::uint64_t fence = 0;  // the version under which it was sealed
};

class Laws {
 public:
  explicit Laws(World& world) : world_(world) {}

  // ---- what workers tell
  void keep(const kms::store::SubjectHash& subject, const std::string& text, const kms::SealedText& sealed);
  void opened(const KeptValue& value, std::string_view text);  // and confirmed
  void read_state(const KeptValue& value, std::int32_t state);
  void sealing_state(const kms::store::SubjectHash& subject, std::int32_t state);
  // Nothing in a schedule is a reason to refuse a store or to ask a person.
  void judge_error(std::string_view what, const Error& error);
  void restricted(const kms::store::SubjectHash& subject) { restricted_.insert(subject); }

  const std::deque<KeptValue>& values() const { return values_; }
  bool is_erased(const KeptValue& value) const {
    return world_.log.current_fence(value.hash, kNever) > value.fence;
  }

 private:
  void check_in_time(const KeptValue& value, std::string_view verb);

  World& world_;
  std::deque<KeptValue> values_;  // addresses stay
  std::map<std::tuple<kms::store::SubjectHash, std::uint64_t, std::uint32_t>, kms::store::DekId> keys_;
  std::set<kms::store::SubjectHash> restricted_;  // at any time: who may be told "blocked"
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_LAWS_H_
