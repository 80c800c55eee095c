// SPDX-License-Identifier: Apache-2.0

#include "json/json.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace lethe::json {
namespace {

template <class Number>
void append_number(Number number, std::string& out) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr);
}

void append_value(const Value& value, std::string& out) {
  switch (value.type()) {
    case Value::Type::kNull:
      out += "null";
      break;
    case Value::Type::kBool:
      out += *value.boolean() ? "true" : "false";
      break;
    case Value::Type::kInteger:
      append_number(*value.integer(), out);
      break;
    case Value::Type::kUnsigned:
      append_number(*value.unsigned_integer(), out);
      break;
    case Value::Type::kDouble:
      if (std::isfinite(*value.number())) {
        append_number(*value.number(), out);
      } else {
        out += "null";
      }
      break;
    case Value::Type::kString:
      append_quoted(*value.string(), out);
      break;
    case Value::Type::kArray: {
      char separator = '[';
      for (const Value& element : *value.array()) {
        out += std::exchange(separator, ',');
        append_value(element, out);
      }
      out += separator == '[' ? "[]" : "]";
      break;
    }
    case Value::Type::kObject: {
      char separator = '{';
      for (const Member& member : *value.object()) {
        out += std::exchange(separator, ',');
        append_quoted(member.name, out);
        out += ':';
        append_value(member.value, out);
      }
      out += separator == '{' ? "{}" : "}";
      break;
    }
  }
}

}  // namespace

// Everything that touches the variant as a whole stands here, behind the definition of Member.
Value::Value() noexcept = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

Value::Value(std::nullptr_t) noexcept {}
Value::Value(bool value) noexcept : value_(value) {}
Value::Value(double value) noexcept : value_(value) {}
Value::Value(const char* text) : value_(std::string(text)) {}
Value::Value(std::string_view text) : value_(std::string(text)) {}
Value::Value(std::string text) noexcept : value_(std::move(text)) {}
Value::Value(Array array) noexcept : value_(std::move(array)) {}
Value::Value(Object object) noexcept : value_(std::move(object)) {}

bool operator==(const Value& a, const Value& b) {
  return a.value_ == b.value_;
}

Value::Type Value::type() const noexcept {
  return static_cast<Type>(value_.index());
}
const std::string* Value::string() const noexcept {
  return std::get_if<std::string>(&value_);
}
const Array* Value::array() const noexcept {
  return std::get_if<Array>(&value_);
}
const Object* Value::object() const noexcept {
  return std::get_if<Object>(&value_);
}

std::optional<bool> Value::boolean() const noexcept {
  const bool* value = std::get_if<bool>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::int64_t> Value::integer() const noexcept {
  const auto* value = std::get_if<std::int64_t>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::uint64_t> Value::unsigned_integer() const noexcept {
  if (const auto* large = std::get_if<std::uint64_t>(&value_)) return *large;
  const auto value = integer();
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<double> Value::number() const noexcept {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto value = integer()) return static_cast<double>(*value);
  if (const auto value = unsigned_integer()) return static_cast<double>(*value);
  return std::nullopt;
}

const Value* Value::find(std::string_view name) const noexcept {
  if (const Object* members = object())
    for (const Member& member : *members)
      if (member.name == name) return &member.value;
  return nullptr;
}

Value& Value::set(std::string_view name, Value value) {
  if (is_null()) value_ = Object();
  Object* members = std::get_if<Object>(&value_);
  if (members == nullptr) std::abort();
  for (Member& member : *members) {
    if (member.name != name) continue;
    member.value = std::move(value);
    return *this;
  }
  members->push_back({std::string(name), std::move(value)});
  return *this;
}

Value& Value::append(Value value) {
  if (is_null()) value_ = Array();
  Array* elements = std::get_if<Array>(&value_);
  if (elements == nullptr) std::abort();
  elements->push_back(std::move(value));
  return *this;
}

std::string Value::dump() const {
  std::string out;
  append_value(*this, out);
  return out;
}

void append_quoted(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t at = kShort.find(c); at != kShort.npos) {
      out += '\\';
      out += kLetters[at];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace lethe::json
