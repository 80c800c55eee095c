// SPDX-License-Identifier: Apache-2.0
//
// The carriers by name, in the spelling of the vector files: hex for compact and avro, the exact
// text for text and json.

#ifndef LETHE_WORKER_CLI_SELFTEST_CARRIER_H_
#define LETHE_WORKER_CLI_SELFTEST_CARRIER_H_

#include "plugins/fields/sealed_value.h"
#include "worker/cli/selftest_case.h"

namespace lethe::worker::cli {

// Owns the bytes that `value` views.
struct ReadCarrier {
  fields::SealedError error = fields::SealedError::kInvalidArgument;
  fields::SealedValue value;
  fields::Hints hints;
  Octets input;
  Octets buffer;
};

// Steps 1 to 6. INVALID_ARGUMENT for an unknown carrier or input in another spelling.
ReadCarrier read_carrier(std::string_view carrier, const std::string& input,
                         std::string_view marker, const fields::Limits& limits);

// The value in a carrier, or nothing for an unknown carrier.
std::optional<std::string> write_carrier(std::string_view carrier, const fields::SealedValue& value,
                                         const fields::Hints& hints);

// The members key_id and key_version; nothing if they are not within their limits.
std::optional<fields::Hints> hints_of(const Arguments& in);
// The member max_field.
std::optional<fields::Limits> limits_of(const Arguments& in);

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SELFTEST_CARRIER_H_
