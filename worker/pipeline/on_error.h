// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a failed record: `on_error` of the configuration as a value, per kind of error.
// Only the kinds that belong to a record can be told what to do; a transient failure is retried,
// and wrong configuration or a bug of ours always stops the task.

#ifndef LETHE_WORKER_PIPELINE_ON_ERROR_H_
#define LETHE_WORKER_PIPELINE_ON_ERROR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/result.h"

namespace lethe::worker::pipeline {

enum class Disposition : std::int32_t {
  kByPolicy = LETHE_BY_POLICY,  // only as a wish: leave it to on_error
  kStop = LETHE_STOP,
  kDeadLetter = LETHE_DEAD_LETTER,
  kDiscard = LETHE_DISCARD,
  kPass = LETHE_PASS,  // the record goes on as it came to the stage that failed it
};

// "stop", "dead_letter", "drop", "pass", as configuration, metrics and logs spell them.
constexpr std::string_view to_string(Disposition disposition) noexcept {
  switch (disposition) {
    case Disposition::kDeadLetter:
      return "dead_letter";
    case Disposition::kDiscard:
      return "drop";
    case Disposition::kPass:
      return "pass";
    case Disposition::kByPolicy:
    case Disposition::kStop:
      return "stop";
  }
  return "stop";
}

class OnError {
 public:
  // bad_config: the kind is not one a policy decides about.
  Result<void> set(ErrorKind kind, Disposition disposition) {
    if (!is_of_a_record(kind))
      return bad_config("on_error cannot be set for " + std::string(lethe::to_string(kind)) +
                        "; it can for bad_record, shredded, unknown_key and blocked");
    by_kind_[static_cast<std::size_t>(kind)] = disposition;
    return {};
  }

  Disposition of(ErrorKind kind) const noexcept {
    const Disposition chosen = by_kind_[static_cast<std::size_t>(kind)];
    return chosen == Disposition::kByPolicy ? Disposition::kStop : chosen;
  }

  // Whether some kind passes: refused for a stage that protects.
  bool passes_any() const noexcept {
    for (const Disposition chosen : by_kind_)
      if (chosen == Disposition::kPass) return true;
    return false;
  }

  static constexpr bool is_of_a_record(ErrorKind kind) noexcept {
    return kind == ErrorKind::kBadRecord || kind == ErrorKind::kShredded ||
           kind == ErrorKind::kUnknownKey || kind == ErrorKind::kBlocked;
  }

 private:
  std::array<Disposition, 8> by_kind_{};  // by number of the kind; kByPolicy: not set, stop
};

// A verdict's own wish wins over the policy, but nothing goes past a stage that protects: a record
// it could not seal is never written as it is.
inline Disposition resolve(Disposition wish, const OnError& policy, ErrorKind kind,
                           bool protects) noexcept {
  const Disposition chosen = wish == Disposition::kByPolicy ? policy.of(kind) : wish;
  return protects && chosen == Disposition::kPass ? Disposition::kStop : chosen;
}

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_ON_ERROR_H_
