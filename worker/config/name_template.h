// SPDX-License-Identifier: Apache-2.0
//
// A key name with places for parameters, "billing-{{id}}": from the identifier of a person that a
// request names to the names of that person's keys. Values go in as they are. Immutable.

#ifndef LETHE_WORKER_CONFIG_NAME_TEMPLATE_H_
#define LETHE_WORKER_CONFIG_NAME_TEMPLATE_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lethe::worker::config {

class NameTemplate {
 public:
  using Parameters = std::map<std::string, std::string, std::less<>>;

  // Nothing: a place is not closed, is empty or holds other characters than [A-Za-z0-9_.-], or
  // there is no place at all, so that every request would erase the same person.
  static std::optional<NameTemplate> parse(std::string_view text);

  const std::set<std::string, std::less<>>& parameters() const noexcept { return names_; }
  // Nothing: a parameter is missing.
  std::optional<std::string> render(const Parameters& parameters) const;

 private:
  struct Piece {
    std::string text;
    bool is_parameter;
  };
  std::vector<Piece> pieces_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_NAME_TEMPLATE_H_
