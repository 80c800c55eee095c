// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a value or an Error. An Error is a *kind*, which says what happens next, and a
// message, which says what was attempted, on what, and what to do. A message never contains a field
// value, a key byte or a subject: it ends in logs, dead letters and REST answers. Member names are
// those of std::expected; only the C++17 library is used, so that plugins of any compiler can
// include it.

#ifndef LETHE_RESULT_H_
#define LETHE_RESULT_H_

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace lethe {

// What the pipeline does about an error. The numbers are part of the plugin ABI (abi.h).
enum class ErrorKind : std::int32_t {
  kTransient = 1,   // the same call may succeed later: abandon, rewind, back off, again
  kBadRecord = 2,   // this record can never succeed: the error policy decides
  kBadConfig = 3,   // no record can, until someone changes something: stop the task
  kShredded = 4,    // the subject was erased; only a fence proves it
  kUnknownKey = 5,  // no live key and no fence: lag, wrong store, lost row, made-up id
  kBlocked = 6,     // the subject is restricted
  kInternal = 7,    // our bug: stop the task, loudly
};

// "transient", "bad_record" ... as spelled in configuration, metrics and messages.
constexpr std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::kTransient:
      return "transient";
    case ErrorKind::kBadRecord:
      return "bad_record";
    case ErrorKind::kBadConfig:
      return "bad_config";
    case ErrorKind::kShredded:
      return "shredded";
    case ErrorKind::kUnknownKey:
      return "unknown_key";
    case ErrorKind::kBlocked:
      return "blocked";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const noexcept { return kind_; }
  const std::string& message() const noexcept { return message_; }

  // The same error with the place in front: "customers.yaml:12:5: <message>".
  Error with_context(std::string_view where) && {
    message_.insert(0, ": ").insert(0, where);
    return std::move(*this);
  }

 private:
  ErrorKind kind_;
  std::string message_;
};

inline Error transient(std::string message) {
  return {ErrorKind::kTransient, std::move(message)};
}
inline Error bad_record(std::string message) {
  return {ErrorKind::kBadRecord, std::move(message)};
}
inline Error bad_config(std::string message) {
  return {ErrorKind::kBadConfig, std::move(message)};
}
inline Error internal(std::string message) {
  return {ErrorKind::kInternal, std::move(message)};
}

// A T or an Error. T may be void. Reading the wrong alternative is a bug and aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <class U = T, class = std::enable_if_t<std::is_constructible_v<T, U&&> &&
                                                  !std::is_same_v<std::decay_t<U>, Result> &&
                                                  !std::is_same_v<std::decay_t<U>, Error>>>
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}      // NOLINT: implicit

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return checked<0>(); }
  const T& value() const& { return const_cast<Result*>(this)->template checked<0>(); }
  T&& value() && { return std::move(checked<0>()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return checked<1>(); }
  const Error& error() const& { return const_cast<Result*>(this)->template checked<1>(); }
  Error&& error() && { return std::move(checked<1>()); }

 private:
  template <std::size_t I>
  auto& checked() noexcept {
    auto* held = std::get_if<I>(&state_);
    if (held == nullptr) std::abort();
    return *held;
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const noexcept { return error_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const noexcept {
    if (!has_value()) std::abort();
  }

  Error& error() & { return checked(); }
  const Error& error() const& { return const_cast<Result*>(this)->checked(); }
  Error&& error() && { return std::move(checked()); }

 private:
  Error& checked() noexcept {
    Error* held = std::get_if<1>(&error_);
    if (held == nullptr) std::abort();
    return *held;
  }

  std::variant<std::monostate, Error> error_;
};

}  // namespace lethe

// The value of a Result, or an early return of its Error:  Batch b = LETHE_TRY(source.read());
#define LETHE_TRY(expression)                                                \
  __extension__({                                                            \
    auto lethe_result_ = (expression);                                       \
    if (!lethe_result_.has_value()) return std::move(lethe_result_).error(); \
    std::move(lethe_result_).value();                                        \
  })

#endif  // LETHE_RESULT_H_
