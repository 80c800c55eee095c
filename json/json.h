// SPDX-License-Identifier: Apache-2.0
//
// JSON off the hot path: command-line output, test vectors, control rows, REST bodies. A plain
// value type with members in their order; nlohmann/json does the parsing behind it and appears
// nowhere else. Strict where leniency hides mistakes: duplicate members, unpaired surrogates and
// bytes that are not UTF-8 are refused. Records on their way are never parsed with this. Values
// belong to their owner; any thread.

#ifndef LETHE_JSON_JSON_H_
#define LETHE_JSON_JSON_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lethe/result.h"

namespace lethe::json {

struct Member;
class Value;

using Array = std::vector<Value>;
using Object = std::vector<Member>;  // in the order of the text

class Value {
 public:
  enum class Type : std::uint8_t {
    kNull,
    kBool,
    kInteger,
    kUnsigned,
    kDouble,
    kString,
    kArray,
    kObject
  };

  Value() noexcept;  // null
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  Value(std::nullptr_t) noexcept;
  Value(bool value) noexcept;
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T value)
  noexcept;
  Value(double value) noexcept;
  Value(const char* text);
  Value(std::string_view text);
  Value(std::string text) noexcept;
  Value(Array array) noexcept;
  Value(Object object) noexcept;

  // kUnsigned only for integers above the range of std::int64_t.
  Type type() const noexcept;
  bool is_null() const noexcept { return type() == Type::kNull; }

  // The content, or nothing if the value is of another type.
  std::optional<bool> boolean() const noexcept;
  std::optional<std::int64_t> integer() const noexcept;
  std::optional<std::uint64_t> unsigned_integer() const noexcept;
  std::optional<double> number() const noexcept;  // integers too
  const std::string* string() const noexcept;
  const Array* array() const noexcept;
  const Object* object() const noexcept;

  // The member's value, or nullptr: no such member, or not an object.
  const Value* find(std::string_view name) const noexcept;

  // Building: a null becomes an object or array first; anything else aborts.
  Value& set(std::string_view name, Value value);
  Value& append(Value value);

  // Compact text. Doubles in their shortest form, NaN and infinities as null.
  std::string dump() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  // In the order of Type.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;
};

struct Member {
  std::string name;
  Value value;

  friend bool operator==(const Member&, const Member&) = default;
};

template <std::integral T>
requires(!std::same_as<T, bool>) Value::Value(T value)
noexcept {
  if (std::in_range<std::int64_t>(value)) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = static_cast<std::uint64_t>(value);
  }
}

// One JSON text. bad_record with the byte position, never the text, otherwise. At most 256 levels.
// `-0` is a double, as are integers beyond 64 bits.
Result<Value> parse(std::string_view text);

// Appends a JSON string token: the shortest escapes, everything else as it is. UTF-8 in, UTF-8 out.
void append_quoted(std::string_view text, std::string& out);

}  // namespace lethe::json

#endif  // LETHE_JSON_JSON_H_
