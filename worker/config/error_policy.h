// SPDX-License-Identifier: Apache-2.0
//
// on_error: what becomes of a record that failed, per kind of error, for the pipeline and for
// single transforms. Only kinds that belong to a record can be chosen; the others stop or retry by
// their nature. Plain values and pure functions.

#ifndef LETHE_WORKER_CONFIG_ERROR_POLICY_H_
#define LETHE_WORKER_CONFIG_ERROR_POLICY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "lethe/result.h"
#include "worker/config/section.h"

namespace lethe::worker::config {

enum class Policy : std::uint8_t { kStop, kDeadLetter, kDrop, kPass };

// "stop", "dead_letter", "drop", "pass".
std::string_view to_string(Policy policy);

// Empty: not spelled out.
struct OnError {
  std::optional<Policy> bad_record;
  std::optional<Policy> unknown_key;
  std::optional<Policy> shredded;
  std::optional<Policy> blocked;

  bool mentions(Policy policy) const;
};

// Reads the member `on_error` of a section.
OnError read_on_error(Section& owner, Diagnostics& diagnostics);

// The transform's word, else the pipeline's, else stop. unknown_key, where neither names it, is
// treated like bad_record; kinds that belong to no record always stop.
Policy resolve(ErrorKind kind, const OnError& transform, const OnError& pipeline);

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_ERROR_POLICY_H_
