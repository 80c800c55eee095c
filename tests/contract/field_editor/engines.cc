// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/field_editor/engines.h"

#include <simdjson.h>

#include <utility>

namespace lethe::fields {

std::vector<std::string> engine_names() {
  std::vector<std::string> names{"portable"};
  for (const simdjson::implementation* each : simdjson::get_available_implementations()) {
    // The scalar fallback of simdjson is never used: ours takes its place.
    if (each->supported_by_runtime_system() && each->name() != "fallback") {
      names.push_back(each->name());
    }
  }
  return names;
}

std::unique_ptr<FieldEditor> make_editor(const Selection& selection, const std::string& engine) {
  if (engine == "portable") {
    return JsonEditor::make(selection, Engine::kPortable).value();
  }
  simdjson::get_active_implementation() = simdjson::get_available_implementations()[engine];
  return JsonEditor::make(selection, Engine::kFastest).value();
}

Selection select(const std::vector<std::string>& fields,
                 const std::vector<std::string>& variables) {
  Selection selection;
  for (const std::string& text : fields) {
    selection.targets.push_back({Selector::parse(text).value(), false});
  }
  for (const std::string& text : variables) {
    selection.targets.push_back({Selector::parse(text).value(), true});
  }
  return selection;
}

Selection select_sealed(std::string marker) {
  Selection selection;
  selection.every_sealed_value = true;
  selection.marker = std::move(marker);
  return selection;
}

std::string path_of(const std::vector<std::string>& segments) {
  const auto u16 = [](std::size_t value) {
    return std::string{static_cast<char>(value / 256), static_cast<char>(value % 256)};
  };
  std::string path = u16(segments.size());
  for (const std::string& segment : segments) {
    if (segment == "[*]") {
      path += std::string("\x01\x00\x00", 3);
    } else {
      path += '\0' + u16(segment.size()) + segment;
    }
  }
  return path;
}

Located locate(FieldEditor& editor, std::string_view document) {
  Hits hits;
  Located located{editor.locate(document, hits), {}};
  for (const Hit& hit : hits.since(0)) {
    located.found.push_back({hit.target,
                             std::string(document.substr(hit.begin, hit.end - hit.begin)),
                             std::string(hits.path(hit))});
  }
  return located;
}

}  // namespace lethe::fields
