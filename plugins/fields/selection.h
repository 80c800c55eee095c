// SPDX-License-Identifier: Apache-2.0
//
// What an editor is asked to find, whatever the format: the fields to seal and the variables of
// subject templates, located in one pass, or every sealed value of a record. Plain values, made by
// the plugins.

#ifndef LETHE_FIELDS_SELECTION_H_
#define LETHE_FIELDS_SELECTION_H_

#include <string>
#include <vector>

#include "plugins/fields/selector.h"

namespace lethe::fields {

struct Target {
  Selector selector;
  // Read, not replaced: it may coincide with other targets and lie inside a field.
  bool is_template_variable = false;
};

// Hit::target is the position in `targets`.
struct Selection {
  std::vector<Target> targets;

  // Instead of targets: every string that begins with kSealedPrefix and every object with a member
  // called `marker`, at any depth; what lies inside such an object is not reported. Hit::target is
  // 0.
  bool every_sealed_value = false;
  std::string marker = "$enc";
};

inline constexpr std::string_view kSealedPrefix = "enc1.";

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_SELECTION_H_
