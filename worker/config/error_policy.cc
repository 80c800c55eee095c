// SPDX-License-Identifier: Apache-2.0
#include "worker/config/error_policy.h"

#include <array>

namespace lethe::worker::config {
namespace {

constexpr std::array kPolicies = {
    Word<Policy>{"stop", Policy::kStop},
    Word<Policy>{"dead_letter", Policy::kDeadLetter},
    Word<Policy>{"drop", Policy::kDrop},
    Word<Policy>{"pass", Policy::kPass},
};

struct Fixed {
  ErrorKind kind;
  std::string_view why;
};

constexpr std::array kFixed = {
    Fixed{ErrorKind::kTransient, "it is retried, with the same record"},
    Fixed{ErrorKind::kBadConfig, "it stops the task, since no record can succeed"},
    Fixed{ErrorKind::kInternal, "it stops the task"},
};

std::optional<Policy> spelled(ErrorKind kind, const OnError& on_error) {
  switch (kind) {
    case ErrorKind::kBadRecord:
      return on_error.bad_record;
    case ErrorKind::kUnknownKey:
      return on_error.unknown_key;
    case ErrorKind::kShredded:
      return on_error.shredded;
    case ErrorKind::kBlocked:
      return on_error.blocked;
    case ErrorKind::kTransient:
    case ErrorKind::kBadConfig:
    case ErrorKind::kInternal:
      break;
  }
  return std::nullopt;
}

std::optional<Policy> read_policy(Section& section, ErrorKind kind) {
  const Member* member = section.find(lethe::to_string(kind));
  return member == nullptr ? std::nullopt : section.pick(*member, kPolicies);
}

}  // namespace

std::string_view to_string(Policy policy) {
  for (const Word<Policy>& word : kPolicies)
    if (word.value == policy) return word.name;
  return "stop";
}

bool OnError::mentions(Policy policy) const {
  return bad_record == policy || unknown_key == policy || shredded == policy || blocked == policy;
}

OnError read_on_error(Section& owner, Diagnostics& diagnostics) {
  const Member* member = owner.find("on_error");
  if (member == nullptr) return {};
  Section section = owner.inside(*member);
  OnError on_error;
  on_error.bad_record = read_policy(section, ErrorKind::kBadRecord);
  on_error.unknown_key = read_policy(section, ErrorKind::kUnknownKey);
  on_error.shredded = read_policy(section, ErrorKind::kShredded);
  on_error.blocked = read_policy(section, ErrorKind::kBlocked);
  for (const Fixed& fixed : kFixed) {
    const Member* kind = member->value.find_member(lethe::to_string(fixed.kind));
    if (kind == nullptr) continue;
    section.find(kind->name);
    diagnostics.error(kind->place, "the policy for '" + kind->name +
                                       "' cannot be chosen: " + std::string(fixed.why));
  }
  section.finish();
  return on_error;
}

Policy resolve(ErrorKind kind, const OnError& transform, const OnError& pipeline) {
  if (const auto own = spelled(kind, transform)) return *own;
  if (const auto common = spelled(kind, pipeline)) return *common;
  if (kind == ErrorKind::kUnknownKey) return resolve(ErrorKind::kBadRecord, transform, pipeline);
  return Policy::kStop;
}

}  // namespace lethe::worker::config
