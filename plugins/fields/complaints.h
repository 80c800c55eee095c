// SPDX-License-Identifier: Apache-2.0
//
// Reading a plugin's options twice with one piece of code: check() wants every complaint, make()
// the first one as an Error. Lives for one call.

#ifndef LETHE_FIELDS_COMPLAINTS_H_
#define LETHE_FIELDS_COMPLAINTS_H_

#include <optional>
#include <string>

#include "lethe/options.h"
#include "lethe/result.h"
#include "lethe/suites.h"

namespace lethe::fields {

class Complaints {
 public:
  // report: where all of them go; may be null.
  explicit Complaints(Report* report) : report_(report) {}

  void add(const std::string& path, const std::string& text) {
    if (report_ != nullptr) report_->complain(path, text);
    if (!first_) first_ = path.empty() ? text : path + ": " + text;
  }
  std::optional<Error> first() const {
    if (!first_) return std::nullopt;
    return bad_config(*first_);
  }

 private:
  Report* report_;
  std::optional<std::string> first_;
};

// The suite of that configuration name, if it is built; else a complaint at `place`, and nullptr.
inline const Suite* read_suite(std::string_view name, const std::string& place,
                               Complaints& complaints) {
  std::string built;
  for (const Suite& suite : kSuites)
    if (suite.built) built.append(built.empty() ? "" : ", ").append(suite.name);
  const Suite* suite = find_suite_by_name(name);
  if (suite != nullptr && suite->built) return suite;
  complaints.add(place, suite == nullptr
                            ? "unknown algorithm; write one of " + built
                            : "algorithm " + std::string(suite->name) +
                                  " is not supported by this version; write one of " + built);
  return nullptr;
}

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_COMPLAINTS_H_
