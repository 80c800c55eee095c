// SPDX-License-Identifier: Apache-2.0
//
// Typed values as the vector files spell them, and the plaintext bodies they stand for.

#ifndef LETHE_WORKER_CLI_SELFTEST_VALUE_H_
#define LETHE_WORKER_CLI_SELFTEST_VALUE_H_

#include "plugins/fields/plaintext.h"
#include "worker/cli/selftest_case.h"

namespace lethe::worker::cli {

struct TypedBody {
  fields::ValueType type;
  Octets body;
};

// From the members `type` and `value`; nothing if they are no value of that type.
std::optional<TypedBody> body_of(const Arguments& in);

// The member `value` for a body that has passed fields::check_body.
json::Value value_of(const fields::Plaintext& plaintext);

// The member `padding`, by default none.
std::optional<fields::Padding> padding_of(const Arguments& in);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SELFTEST_VALUE_H_
