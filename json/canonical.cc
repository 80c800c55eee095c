// SPDX-License-Identifier: Apache-2.0

#include "json/canonical.h"

#include <algorithm>

#include "lethe/utf8.h"

namespace lethe::json {
namespace {

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

// UTF-8 orders by code point. UTF-16 differs in one respect: surrogate pairs (lead bytes F0-F4)
// come before U+E000-U+FFFF (lead bytes EE, EF).
bool utf16_less(std::string_view a, std::string_view b) {
  const auto rank = [](char c) {
    const unsigned byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
  };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return rank(x) < rank(y); });
}

Error malformed(std::string_view what) {
  return bad_record("canonical JSON: " + std::string(what));
}

Result<void> append(const Value& value, std::string& out);

Result<void> append_text(std::string_view text, std::string& out) {
  if (!is_utf8(text)) return malformed("a string is not UTF-8");
  append_quoted(text, out);
  return {};
}

Result<void> append_object(const Object& object, std::string& out) {
  std::vector<const Member*> members;
  for (const Member& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const Member* a, const Member* b) { return utf16_less(a->name, b->name); });
  const auto same_name = [](const Member* a, const Member* b) { return a->name == b->name; };
  if (std::adjacent_find(members.begin(), members.end(), same_name) != members.end())
    return malformed("duplicate member");
  out += '{';
  for (const Member* member : members) {
    if (member != members.front()) out += ',';
    LETHE_TRY(append_text(member->name, out));
    out += ':';
    LETHE_TRY(append(member->value, out));
  }
  out += '}';
  return {};
}

Result<void> append_array(const Array& array, std::string& out) {
  out += '[';
  for (const Value& element : array) {
    if (&element != &array.front()) out += ',';
    LETHE_TRY(append(element, out));
  }
  out += ']';
  return {};
}

Result<void> append(const Value& value, std::string& out) {
  switch (value.type()) {
    case Value::Type::kNull:
      out += "null";
      return {};
    case Value::Type::kBool:
      out += *value.boolean() ? "true" : "false";
      return {};
    case Value::Type::kInteger: {
      const std::int64_t number = *value.integer();
      if (number < -kMaxInteger || number > kMaxInteger)
        return malformed("an integer is beyond 2^53 - 1");
      out += std::to_string(number);
      return {};
    }
    case Value::Type::kUnsigned:
      return malformed("an integer is beyond 2^53 - 1");
    case Value::Type::kDouble:
      return malformed("a number is not a plain integer");
    case Value::Type::kString:
      return append_text(*value.string(), out);
    case Value::Type::kArray:
      return append_array(*value.array(), out);
    case Value::Type::kObject:
      return append_object(*value.object(), out);
  }
  return malformed("unknown type");
}

}  // namespace

Result<std::string> canonicalize(std::string_view text) {
  const Value value = LETHE_TRY(parse(text));
  return canonical(value);
}

Result<std::string> canonical(const Value& value) {
  std::string out;
  LETHE_TRY(append(value, out));
  return out;
}

}  // namespace lethe::json
