// SPDX-License-Identifier: Apache-2.0
//
// The check of an options tree against the shape that a plugin declares as data (lethe_option):
// names, types, choices, what is required. Private to options.cc.

#ifndef LETHE_WORKER_CONFIG_OPTION_TYPES_H_
#define LETHE_WORKER_CONFIG_OPTION_TYPES_H_

#include <string>
#include <string_view>

#include "lethe/abi.h"
#include "lethe/strided.h"
#include "worker/config/diagnostics.h"
#include "worker/config/node.h"

namespace lethe::worker::config {

class OptionTypes {
 public:
  OptionTypes(std::string_view plugin, Diagnostics& diagnostics)
      : plugin_(plugin), diagnostics_(diagnostics) {}

  // The members of a map against their specs; path is that of the map, empty for the root.
  void check_members(const Node& map, Strided<const lethe_option> specs, const std::string& path,
                     const Place& owner) const;

 private:
  void check(const Node& node, const lethe_option& spec, const std::string& path,
             const Place& owner) const;
  void check_list(const Node& node, const lethe_option& spec, const std::string& path) const;
  void check_map(const Node& node, const lethe_option& spec, const std::string& path,
                 const Place& owner) const;
  void check_choice(const Node& node, const lethe_option& spec, const std::string& path) const;
  void check_one_of(const Node& node, const lethe_option& spec, const std::string& path,
                    const Place& owner) const;
  void refuse(const Node& node, const std::string& path, std::string_view wanted,
              std::string_view hint = {}) const;

  std::string_view plugin_;
  Diagnostics& diagnostics_;
};

}  // namespace lethe::worker::config

#endif  // LETHE_WORKER_CONFIG_OPTION_TYPES_H_
