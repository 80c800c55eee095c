// SPDX-License-Identifier: Apache-2.0
//
// What is inside a sealed value (specification, section 6): a type byte, a body and, if the padded
// flag is set, padding. The type travels encrypted, so that neither it nor a short length gives the
// value away. Functions without state; any thread. Buffers with plaintext are wiped by their
// owners.

#ifndef LETHE_FIELDS_PLAINTEXT_H_
#define LETHE_FIELDS_PLAINTEXT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/fields/sealed_error.h"
#include "plugins/fields/sealed_value.h"

namespace lethe::fields {

enum class ValueType : std::uint8_t {
  kNull = 0x00,
  kFalse = 0x01,
  kTrue = 0x02,
  kInt64 = 0x03,    // 8 bytes
  kFloat64 = 0x04,  // IEEE 754 bits, NaN payload kept
  kString = 0x05,   // well-formed UTF-8
  kBytes = 0x06,
  kJson = 0x07,      // the exact source of one JSON value
  kAvro = 0x08,      // schema fingerprint (8 bytes) ‖ datum
  kProtobuf = 0x09,  // u16 length ‖ message name ‖ message
  kInt32 = 0x0A,
  kFloat32 = 0x0B,
  kDecimal = 0x0C,  // i32 scale ‖ shortest two's complement
  kUInt64 = 0x0D,
};

// "json", "int64" ...; both booleans are "bool".
std::string_view name(ValueType type) noexcept;

enum class Padding : std::uint8_t {
  kNone,    // the padded flag stays clear
  kBucket,  // multiples of 32 up to 256, then padme
  kPadme,   // at most 12 % longer
};

// Length of n bytes (type ‖ body ‖ 80) after padding.
std::size_t padded_size(std::size_t n, Padding padding) noexcept;

// Length of the plaintext of a body.
std::size_t plaintext_size(std::size_t body_size, Padding padding) noexcept;
// Writes plaintext_size() bytes. The body is not checked.
void write_plaintext(ValueType type, ByteView body, Padding padding, std::uint8_t* out) noexcept;

// The rule of the type for its body; kMalformed if it is broken.
SealedError check_body(ValueType type, ByteView body) noexcept;

struct Plaintext {
  ValueType type = ValueType::kNull;
  ByteView body;  // inside the input
};

// Step 11: padding (kMalformed), type tag (kUnsupported), body (kMalformed). Only for plaintext
// that was authentic: a padding oracle is none then.
SealedError read_plaintext(ByteView bytes, bool padded, Plaintext& plaintext) noexcept;

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_PLAINTEXT_H_
