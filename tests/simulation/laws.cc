// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/laws.h"

namespace lethe::simulation {
namespace {

std::string called(const KeptValue& value) {
  return "value " + std::to_string(value.number);
}

}  // namespace

void Laws::keep(const kms::store::SubjectHash& subject, const std::string& text, const kms::SealedText& sealed) {
  const kms::store::EdekRow* row = world_.log.ever_born(sealed.dek_id);
  if (row == nullptr) {
    world_.break_law(law::kDurableBeforeUse, "a value was kept whose key is in no store");
    return;
  }
  values_.push_back({values_.size(), text, sealed, subject, row->fence_version});
  if (row->subject != subject)
    world_.break_law(law::kOneKey, called(values_.back()) + " has the key of somebody else");
  const auto [key, is_first] =
      keys_.try_emplace({subject, row->fence_version, sealed.suite}, sealed.dek_id);
  if (!is_first && key->second != sealed.dek_id)
    world_.break_law(law::kOneKey, called(values_.back()) + " has another key than its siblings");
  check_in_time(values_.back(), "sealed");
}

void Laws::opened(const KeptValue& value, std::string_view text) {
  if (text != value.text)
    world_.break_law(law::kSameEnd, called(value) + " opens as something else");
  check_in_time(value, "opened");
}

// A lease after the fence at the latest, clocks being wrong by one per cent; and not at all once
// the journal says that the erasure is effective.
void Laws::check_in_time(const KeptValue& value, std::string_view verb) {
  const auto fenced = world_.log.fenced_above(value.hash, value.fence);
  if (!fenced) return;
  const SimTime late = world_.now - *fenced;
  if (late > SimTime(kLease) + SimTime(kLease) / 100)
    world_.break_law(law::kForgottenInTime,
                     called(value) + " is " + std::string(verb) + " " +
                         std::to_string(std::chrono::duration<double>(late).count()) +
                         " s after its fence");
  if (world_.log.effective(value.hash) > value.fence)
    world_.break_law(law::kForgottenInTime, called(value) + " is " + std::string(verb) +
                                                " after its erasure was called effective");
}

void Laws::read_state(const KeptValue& value, std::int32_t state) {
  switch (state) {
    case LETHE_KEY_AVAILABLE:
    case LETHE_KEY_UNKNOWN:
      return;
    case LETHE_KEY_SHREDDED:
      if (!is_erased(value))
        world_.break_law(law::kShreddedByFence, called(value) + " reads as shredded");
      return;
    case LETHE_KEY_BLOCKED:
      if (!restricted_.contains(value.hash))
        world_.break_law(law::kNoFalseAlarm, called(value) + " reads as blocked");
      return;
    default:
      world_.break_law(law::kNoFalseAlarm, called(value) + " reads as tampered");
  }
}

void Laws::sealing_state(const kms::store::SubjectHash& subject, std::int32_t state) {
  const bool fenced = world_.log.current_fence(subject, kNever) > 0;
  if (state == LETHE_KEY_AVAILABLE) return;
  if (state == LETHE_KEY_SHREDDED) {
    if (!fenced) world_.break_law(law::kShreddedByFence, "sealing meets an erasure that is none");
  } else if (state != LETHE_KEY_BLOCKED || !restricted_.contains(subject)) {
    world_.break_law(law::kNoFalseAlarm, "sealing meets state " + std::to_string(state));
  }
}

void Laws::judge_error(std::string_view what, const Error& error) {
  if (error.kind() != ErrorKind::kBadConfig && error.kind() != ErrorKind::kInternal) return;
  world_.break_law(law::kNoFalseAlarm, std::string(what) + ": " + error.message());
}

}  // namespace lethe::simulation
