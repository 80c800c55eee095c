// SPDX-License-Identifier: Apache-2.0
//
// Everything that is wrong with some configuration files, collected, so that a user fixes them all
// in one go. A message says what is wrong and what to write instead; it may quote what is written
// in the file, never what a reference to a secret stands for. Belongs to the command that reads the
// files; one thread.

#ifndef LETHE_WORKER_CONFIG_DIAGNOSTICS_H_
#define LETHE_WORKER_CONFIG_DIAGNOSTICS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"
#include "worker/config/place.h"

namespace lethe::worker::config {

enum class Severity : std::uint8_t { kError, kWarning };

// "error", "warning".
std::string_view to_string(Severity severity);

struct Diagnostic {
  Severity severity = Severity::kError;
  Place place;
  std::string message;

  friend bool operator==(const Diagnostic& a, const Diagnostic& b) {
    return a.severity == b.severity && a.place == b.place && a.message == b.message;
  }
};

// "customers.yaml:12:5: error: unknown key ..."
std::string to_string(const Diagnostic& diagnostic);

class Diagnostics {
 public:
  // The same complaint about the same place is kept once (an alias repeats its anchor's).
  void add(Diagnostic diagnostic);
  void error(Place place, std::string message);
  void warning(Place place, std::string message);

  // By file, line and column; complaints about one place keep the order in which they came.
  void sort();

  const std::vector<Diagnostic>& entries() const { return entries_; }
  std::size_t errors() const;
  // Errors that were added so far, repetitions included: grows with each call that had one.
  std::size_t reported_errors() const { return reported_errors_; }
  bool has_errors() const { return errors() > 0; }

  // bad_config "<what>: 3 errors in the configuration" if there is any error.
  Result<void> verdict(std::string_view what) const;

 private:
  std::vector<Diagnostic> entries_;
  std::size_t reported_errors_ = 0;
};

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_DIAGNOSTICS_H_
