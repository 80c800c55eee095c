// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/selftest_case.h"

namespace lethe::worker::cli {
namespace {

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Octets> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Octets bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  }
  return bytes;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const json::Value* Arguments::given(std::string_view name) const {
  const json::Value* value = object_.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> Arguments::text(std::string_view name) const {
  const json::Value* value = given(name);
  if (value == nullptr || value->string() == nullptr) return std::nullopt;
  return *value->string();
}

std::optional<std::uint64_t> Arguments::number(std::string_view name) const {
  const json::Value* value = given(name);
  return value == nullptr ? std::nullopt : value->unsigned_integer();
}

std::optional<bool> Arguments::boolean(std::string_view name) const {
  const json::Value* value = given(name);
  return value == nullptr ? std::nullopt : value->boolean();
}

std::optional<Octets> Arguments::bytes(std::string_view name) const {
  const auto digits = text(name);
  return digits ? unhex(*digits) : std::nullopt;
}

}  // namespace lethe::worker::cli
