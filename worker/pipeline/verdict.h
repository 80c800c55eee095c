// SPDX-License-Identifier: Apache-2.0
//
// The rules a verdict must keep (lethe/abi.h), and what a sound one changes in a record. Pure
// functions; any thread.

#ifndef LETHE_WORKER_PIPELINE_VERDICT_H_
#define LETHE_WORKER_PIPELINE_VERDICT_H_

#include <string_view>

#include "lethe/abi.h"

namespace lethe::worker::pipeline {

// The rule that is broken, as the rest of a sentence ("gave ..."); empty if the verdict is sound.
// The result is a literal.
std::string_view broken_rule(const lethe_verdict& verdict) noexcept;

// For a sound verdict that replaces: puts the new members into the record.
void replace(const lethe_verdict& verdict, lethe_record& record) noexcept;

}  // namespace lethe::worker::pipeline

#endif  // LETHE_WORKER_PIPELINE_VERDICT_H_
