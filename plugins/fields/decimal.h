// SPDX-License-Identifier: Apache-2.0
//
// Decimal digits <-> big-endian two's complement of any length, as the decimal type of sealed
// values and Avro keep their unscaled value. Off the hot path: quadratic in the length. Any thread.

#ifndef LETHE_FIELDS_DECIMAL_H_
#define LETHE_FIELDS_DECIMAL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lethe::fields {

// Shortest form, at least one byte. digits: an optional '-' and one or more digits; else nothing.
std::optional<std::vector<std::uint8_t>> to_twos_complement(std::string_view digits);

// Plain digits, '-' in front of negative numbers. `number` has at least one byte.
std::string to_digits(std::span<const std::uint8_t> number);

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_DECIMAL_H_
