// SPDX-License-Identifier: Apache-2.0
//
// What the worker says to its operator: a level, a sentence and named fields. A field is a whole
// number, a name from the configuration, a path, or a message that is known to be free of data;
// never a field value, a key byte or a subject. Every implementation is thread-safe. Owned by
// wiring, borrowed by everyone else, and outlives them.

#ifndef LETHE_WORKER_LOG_LOG_H_
#define LETHE_WORKER_LOG_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace lethe::worker::log {

// The numbers are those of LETHE_LOG_DEBUG ... in the plugin ABI.
enum class Level : std::int32_t { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// "debug", "info", "warning", "error", as --log-level spells them.
std::string_view to_string(Level level) noexcept;
std::optional<Level> parse_level(std::string_view text) noexcept;

// name=value. Borrowed: valid for the call only.
class Field {
 public:
  using Value = std::variant<std::int64_t, std::string_view>;

  Field(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  Field(std::string_view name, const char* value) : Field(name, std::string_view(value)) {}
  template <std::integral T>
  Field(std::string_view name, T value) : name_(name), value_(static_cast<std::int64_t>(value)) {}

  std::string_view name() const noexcept { return name_; }
  const Value& value() const noexcept { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

class Log {
 public:
  virtual ~Log() = default;

  // Never fails and never throws: a line that cannot be written is lost.
  virtual void write(Level level, std::string_view message,
                     std::span<const Field> fields) noexcept = 0;

  void debug(std::string_view message, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::kDebug, message, {fields.begin(), fields.size()});
  }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::kInfo, message, {fields.begin(), fields.size()});
  }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::kWarning, message, {fields.begin(), fields.size()});
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::kError, message, {fields.begin(), fields.size()});
  }
};

}  // namespace lethe::worker::log

#endif  // LETHE_WORKER_LOG_LOG_H_
