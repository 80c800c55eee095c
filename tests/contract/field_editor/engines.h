// SPDX-License-Identifier: Apache-2.0
//
// The engines the contract of the JSON editor is run on: our own scanner, and simdjson's stage 1 in
// every instruction set of this processor. Encoded paths are built here by hand, so that the tests
// do not believe the code under test.

#ifndef LETHE_TESTS_CONTRACT_FIELD_EDITOR_ENGINES_H_
#define LETHE_TESTS_CONTRACT_FIELD_EDITOR_ENGINES_H_

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/fields/json_editor.h"

namespace lethe::fields {

// "portable", or the name of a simdjson implementation.
std::vector<std::string> engine_names();

std::unique_ptr<FieldEditor> make_editor(const Selection& selection, const std::string& engine);

Selection select(const std::vector<std::string>& fields,
                 const std::vector<std::string>& variables = {});
Selection select_sealed(std::string marker = "$enc");

// One segment per entry; "[*]" is an array step.
std::string path_of(const std::vector<std::string>& segments);

// A hit without its engine: what was found where.
struct Found {
  std::uint32_t target;
  std::string text;
  std::string path;

  friend bool operator==(const Found& a, const Found& b) {
    return a.target == b.target && a.text == b.text && a.path == b.path;
  }
  friend std::ostream& operator<<(std::ostream& out, const Found& found) {
    return out << found.target << ": " << found.text << " at "
               << testing::PrintToString(found.path);
  }
};

struct Located {
  LocateStatus status;
  std::vector<Found> found;
};

Located locate(FieldEditor& editor, std::string_view document);

class EngineTest : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<FieldEditor> editor(const Selection& selection) const {
    return make_editor(selection, GetParam());
  }
  Located locate(const Selection& selection, std::string_view document) const {
    return fields::locate(*editor(selection), document);
  }
  // Fields only.
  Located locate(const std::vector<std::string>& fields, std::string_view document) const {
    return locate(select(fields), document);
  }
};

#define LETHE_FOR_EACH_ENGINE(suite)                                          \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::ValuesIn(engine_names()), \
                           [](const auto& engine) { return engine.param; })

}  // namespace lethe::fields

#endif  // LETHE_TESTS_CONTRACT_FIELD_EDITOR_ENGINES_H_
