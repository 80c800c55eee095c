// SPDX-License-Identifier: Apache-2.0

#include "plugins/fields/plaintext.h"

#include <algorithm>
#include <array>
#include <bit>

#include "lethe/utf8.h"
#include "plugins/fields/json_grammar.h"

namespace lethe::fields {
namespace {

constexpr std::uint8_t kPadMark = 0x80;
constexpr std::uint8_t kLastType = 0x0D;
constexpr std::size_t kFingerprintSize = 8;
constexpr std::size_t kScaleSize = 4;
constexpr std::size_t kMaxMessageName = 1024;

std::string_view text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t log2(std::size_t n) noexcept {
  return std::bit_width(n) - 1u;
}

std::size_t round_up(std::size_t n, std::size_t step) noexcept {
  return (n + step - 1) / step * step;
}

std::size_t padme(std::size_t n) noexcept {
  if (n < 2) return n;
  const std::size_t exponent = log2(n);
  const std::size_t significant = log2(exponent) + 1;
  return significant >= exponent ? n : round_up(n, std::size_t{1} << (exponent - significant));
}

bool is_protobuf(ByteView body) noexcept {
  if (body.size() < 2) return false;
  const std::size_t size = static_cast<std::size_t>(body[0]) << 8 | body[1];
  if (size == 0 || size > kMaxMessageName || size > body.size() - 2) return false;
  const std::string_view message = text(body.subspan(2, size));
  return message.front() != '.' && is_utf8(message);
}

// Shortest two's complement: the first byte is more than a sign.
bool is_decimal(ByteView body) noexcept {
  if (body.size() <= kScaleSize) return false;
  const ByteView number = body.subspan(kScaleSize);
  if (number.size() == 1) return true;
  const bool negative = (number[1] & 0x80) != 0;
  return number[0] != (negative ? 0xFF : 0x00);
}

// Strips zeros and one mark. May leave nothing, not even a type byte.
bool unpad(ByteView& bytes) noexcept {
  std::size_t size = bytes.size();
  while (size != 0 && bytes[size - 1] == 0) --size;
  if (size == 0 || bytes[size - 1] != kPadMark) return false;
  bytes = bytes.first(size - 1);
  return true;
}

}  // namespace

std::string_view name(ValueType type) noexcept {
  constexpr std::array<std::string_view, kLastType + 1> kNames = {
      "null", "bool", "bool",     "int64", "float64", "string",  "bytes",
      "json", "avro", "protobuf", "int32", "float32", "decimal", "uint64"};
  return kNames[static_cast<std::uint8_t>(type)];
}

std::size_t padded_size(std::size_t n, Padding padding) noexcept {
  switch (padding) {
    case Padding::kNone:
      return n;
    case Padding::kBucket:
      return n <= 256 ? round_up(n, 32) : padme(n);
    case Padding::kPadme:
      return padme(n);
  }
  return n;
}

std::size_t plaintext_size(std::size_t body_size, Padding padding) noexcept {
  return padding == Padding::kNone ? 1 + body_size : padded_size(2 + body_size, padding);
}

void write_plaintext(ValueType type, ByteView body, Padding padding, std::uint8_t* out) noexcept {
  std::uint8_t* const end = out + plaintext_size(body.size(), padding);
  *out++ = static_cast<std::uint8_t>(type);
  out = std::copy(body.begin(), body.end(), out);
  if (padding == Padding::kNone) return;
  *out++ = kPadMark;
  std::fill(out, end, std::uint8_t{0});
}

SealedError check_body(ValueType type, ByteView body) noexcept {
  const auto require = [](bool rule) {
    return rule ? SealedError::kNone : SealedError::kMalformed;
  };
  switch (type) {
    case ValueType::kNull:
    case ValueType::kFalse:
    case ValueType::kTrue:
      return require(body.empty());
    case ValueType::kInt64:
    case ValueType::kUInt64:
    case ValueType::kFloat64:
      return require(body.size() == 8);
    case ValueType::kInt32:
    case ValueType::kFloat32:
      return require(body.size() == 4);
    case ValueType::kString:
      return require(is_utf8(text(body)));
    case ValueType::kBytes:
      return SealedError::kNone;
    case ValueType::kJson:
      return require(is_json_value(text(body)));
    case ValueType::kAvro:
      return require(body.size() >= kFingerprintSize);
    case ValueType::kProtobuf:
      return require(is_protobuf(body));
    case ValueType::kDecimal:
      return require(is_decimal(body));
  }
  return SealedError::kUnsupported;
}

SealedError read_plaintext(ByteView bytes, bool padded, Plaintext& plaintext) noexcept {
  if (padded && !unpad(bytes)) return SealedError::kMalformed;
  if (bytes.empty()) return SealedError::kMalformed;
  if (bytes[0] > kLastType) return SealedError::kUnsupported;
  plaintext.type = static_cast<ValueType>(bytes[0]);
  plaintext.body = bytes.subspan(1);
  return check_body(plaintext.type, plaintext.body);
}

}  // namespace lethe::fields
