// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/json_value.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "plugins/fields/decimal.h"

namespace lethe::fields {
namespace {

std::uint64_t big_endian(ByteView bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

template <class Number>
SealedError append_number(Number number, std::string& out) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
  if (error != std::errc()) return SealedError::kTypeMismatch;
  out.append(digits, end);
  return SealedError::kNone;
}

template <class Float>
SealedError append_float(Float number, std::string& out) {
  if (!std::isfinite(number)) return SealedError::kTypeMismatch;
  return append_number(number, out);
}

// Standard base64 with padding, in quotes.
void append_base64(ByteView bytes, std::string& out) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.push_back('"');
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = bytes.size() - i < 3 ? bytes.size() - i : 3;
    const std::uint32_t group = static_cast<std::uint32_t>(
        bytes[i] << 16 | (n > 1 ? bytes[i + 1] : 0) << 8 | (n > 2 ? bytes[i + 2] : 0));
    out.push_back(kDigits[group >> 18]);
    out.push_back(kDigits[group >> 12 & 63]);
    out.push_back(n > 1 ? kDigits[group >> 6 & 63] : '=');
    out.push_back(n > 2 ? kDigits[group & 63] : '=');
  }
  out.push_back('"');
}

// i32 scale ‖ unscaled value: digits with the point `scale` places from the right.
void append_decimal(ByteView body, std::string& out) {
  const auto scale = static_cast<std::int32_t>(big_endian(body.first(4)));
  std::string digits = to_digits(body.subspan(4));
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (scale > 0) {
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places - digits.size() + 1, '0');
    digits.insert(digits.size() - places, 1, '.');
  } else if (digits != "0") {
    digits.append(static_cast<std::size_t>(-static_cast<std::int64_t>(scale)), '0');
  }
  out.append(negative ? "-" : "").append(digits);
}

// A scale beyond this would write out kilobytes of zeros for one authentic value.
constexpr std::int64_t kMaxScale = 4096;

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (byte < 0x20) {
      out.append("\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

SealedError append_json(const Plaintext& value, std::string& out) {
  const ByteView body = value.body;
  const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
  switch (value.type) {
    case ValueType::kNull:
      out.append("null");
      return SealedError::kNone;
    case ValueType::kFalse:
      out.append("false");
      return SealedError::kNone;
    case ValueType::kTrue:
      out.append("true");
      return SealedError::kNone;
    case ValueType::kInt64:
      return append_number(static_cast<std::int64_t>(big_endian(body)), out);
    case ValueType::kInt32:
      return append_number(static_cast<std::int32_t>(big_endian(body)), out);
    case ValueType::kUInt64:
      return append_number(big_endian(body), out);
    case ValueType::kFloat64:
      return append_float(std::bit_cast<double>(big_endian(body)), out);
    case ValueType::kFloat32:
      return append_float(std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(body))), out);
    case ValueType::kString:
      append_json_string(text, out);
      return SealedError::kNone;
    case ValueType::kBytes:
      append_base64(body, out);
      return SealedError::kNone;
    case ValueType::kJson:
      out.append(text);
      return SealedError::kNone;
    case ValueType::kDecimal: {
      const auto scale = static_cast<std::int32_t>(big_endian(body.first(4)));
      if (scale > kMaxScale || scale < -kMaxScale) return SealedError::kTypeMismatch;
      append_decimal(body, out);
      return SealedError::kNone;
    }
    case ValueType::kAvro:
    case ValueType::kProtobuf:
      break;
  }
  return SealedError::kTypeMismatch;
}

}  // namespace lethe::fields
