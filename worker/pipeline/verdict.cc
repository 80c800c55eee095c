// SPDX-License-Identifier: Apache-2.0

#include "worker/pipeline/verdict.h"

#include <cstdint>

namespace lethe::worker::pipeline {
namespace {

constexpr std::uint32_t kAllMembers =
    LETHE_REPLACED_KEY | LETHE_REPLACED_VALUE | LETHE_REPLACED_TOPIC | LETHE_REPLACED_HEADERS;
// A batch's arena holds no more; a larger view cannot be one of its outputs.
constexpr std::uint64_t kLargestView = std::uint64_t{1} << 30;

bool is_sound(const lethe_view& view) noexcept {
  return view.data == nullptr ? view.size == 0 : view.size <= kLargestView;
}

bool are_sound(const lethe_header* headers, std::uint64_t n) noexcept {
  if (headers == nullptr) return n == 0;
  if (n > kLargestView / sizeof(lethe_header)) return false;
  for (std::uint64_t i = 0; i < n; ++i)
    if (headers[i].name.data == nullptr || !is_sound(headers[i].name) ||
        !is_sound(headers[i].value))
      return false;
  return true;
}

std::string_view broken_in_replacement(const lethe_verdict& verdict) noexcept {
  const std::uint32_t members = verdict.replaced;
  if (members == 0) return "gave a verdict that replaces nothing";
  if ((members & ~kAllMembers) != 0) return "gave a verdict that replaces an unknown member";
  if ((members & LETHE_REPLACED_KEY) != 0 && !is_sound(verdict.key))
    return "gave a verdict with a key that is no view";
  if ((members & LETHE_REPLACED_VALUE) != 0 && !is_sound(verdict.value))
    return "gave a verdict with a value that is no view";
  if ((members & LETHE_REPLACED_TOPIC) != 0 &&
      (!is_sound(verdict.topic) || verdict.topic.size == 0))
    return "gave a verdict with a topic that has no name";
  if ((members & LETHE_REPLACED_HEADERS) != 0 && !are_sound(verdict.headers, verdict.n_headers))
    return "gave a verdict with headers that are no headers";
  return {};
}

std::string_view broken_in_failure(const lethe_verdict& verdict) noexcept {
  if (verdict.error_kind < LETHE_TRANSIENT || verdict.error_kind > LETHE_INTERNAL)
    return "gave a verdict with an unknown error kind";
  if (verdict.disposition < LETHE_BY_POLICY || verdict.disposition > LETHE_PASS)
    return "gave a verdict with an unknown disposition";
  if (!is_sound(verdict.message) || !is_sound(verdict.path))
    return "gave a verdict with a message that is no view";
  return {};
}

}  // namespace

std::string_view broken_rule(const lethe_verdict& verdict) noexcept {
  switch (verdict.action) {
    case LETHE_KEEP:
    case LETHE_DROP:
      return {};
    case LETHE_REPLACED:
      return broken_in_replacement(verdict);
    case LETHE_FAILED:
      return broken_in_failure(verdict);
    default:
      return "gave a verdict with an unknown action";
  }
}

void replace(const lethe_verdict& verdict, lethe_record& record) noexcept {
  if ((verdict.replaced & LETHE_REPLACED_KEY) != 0) record.key = verdict.key;
  if ((verdict.replaced & LETHE_REPLACED_VALUE) != 0) record.value = verdict.value;
  if ((verdict.replaced & LETHE_REPLACED_TOPIC) != 0) record.topic = verdict.topic;
  if ((verdict.replaced & LETHE_REPLACED_HEADERS) != 0) {
    record.headers = verdict.headers;
    record.n_headers = verdict.n_headers;
    record.header_stride = sizeof(lethe_header);
  }
}

}  // namespace lethe::worker::pipeline
