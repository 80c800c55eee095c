// SPDX-License-Identifier: Apache-2.0
#include "worker/config/diagnostics.h"

#include <algorithm>
#include <utility>

namespace lethe::worker::config {

std::string_view to_string(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::string to_string(const Diagnostic& diagnostic) {
  return to_string(diagnostic.place)
      .append(": ")
      .append(to_string(diagnostic.severity))
      .append(": ")
      .append(diagnostic.message);
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++reported_errors_;
  if (std::find(entries_.begin(), entries_.end(), diagnostic) != entries_.end()) return;
  entries_.push_back(std::move(diagnostic));
}

void Diagnostics::error(Place place, std::string message) {
  add({Severity::kError, std::move(place), std::move(message)});
}

void Diagnostics::warning(Place place, std::string message) {
  add({Severity::kWarning, std::move(place), std::move(message)});
}

void Diagnostics::sort() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.place < b.place; });
}

std::size_t Diagnostics::errors() const {
  return static_cast<std::size_t>(std::count_if(
      entries_.begin(), entries_.end(),
      [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; }));
}

Result<void> Diagnostics::verdict(std::string_view what) const {
  const std::size_t count = errors();
  if (count == 0) return {};
  return bad_config(std::string(what)
                        .append(": ")
                        .append(std::to_string(count))
                        .append(count == 1 ? " error" : " errors")
                        .append(" in the configuration"));
}

}  // namespace lethe::worker::config
