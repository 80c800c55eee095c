// SPDX-License-Identifier: Apache-2.0
//
// One known answer: how its input is read, and what running it can come to. An operation is a
// function from Arguments to an Outcome; selftest_operations.h names them. Input that is missing or
// of the wrong form is what the specification calls INVALID_ARGUMENT. One thread.

#ifndef LETHE_WORKER_CLI_SELFTEST_CASE_H_
#define LETHE_WORKER_CLI_SELFTEST_CASE_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace lethe::worker::cli {

using Octets = std::vector<std::uint8_t>;

// Lower-case hexadecimal.
std::string hex(std::span<const std::uint8_t> bytes);
std::optional<Octets> unhex(std::string_view text);

std::span<const std::uint8_t> bytes_of(std::string_view text);
std::string_view text_of(std::span<const std::uint8_t> bytes);

// The members of a JSON object; those that are absent or null are not given.
class Arguments {
 public:
  explicit Arguments(const json::Value& object) : object_(object) {}

  bool has(std::string_view name) const { return object_.find(name) != nullptr; }  // null counts
  const json::Value* given(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::uint64_t> number(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<Octets> bytes(std::string_view name) const;  // from hex
  template <std::size_t N>
  std::optional<std::array<std::uint8_t, N>> array(std::string_view name) const {
    const auto octets = bytes(name);
    if (!octets || octets->size() != N) return std::nullopt;
    std::array<std::uint8_t, N> result;
    std::copy(octets->begin(), octets->end(), result.begin());
    return result;
  }
  // A number that fits T.
  template <class T>
  std::optional<T> number_as(std::string_view name) const {
    const auto value = number(name);
    if (!value || !std::in_range<T>(*value)) return std::nullopt;
    return static_cast<T>(*value);
  }

 private:
  const json::Value& object_;
};

// What an operation comes to.
struct Outcome {
  enum class Kind { kResult, kError, kNotBuilt };
  Kind kind;
  json::Value result;  // kResult: an object
  std::string name;    // kError: the specification's name; kNotBuilt: what is missing

  static Outcome of(json::Value result) { return {Kind::kResult, std::move(result), {}}; }
  static Outcome error(std::string_view name) { return {Kind::kError, {}, std::string(name)}; }
  static Outcome invalid() { return error("INVALID_ARGUMENT"); }
  static Outcome not_built(std::string what) { return {Kind::kNotBuilt, {}, std::move(what)}; }
};

}  // namespace lethe::worker::cli

#endif  // LETHE_WORKER_CLI_SELFTEST_CASE_H_
