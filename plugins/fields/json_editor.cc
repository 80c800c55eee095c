// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_editor.h"

#include <utility>

#include "plugins/fields/json_field_walk.h"
#include "plugins/fields/json_sealed_walk.h"
#include "plugins/fields/json_string.h"
#include "plugins/fields/json_tokens.h"

namespace lethe::fields {
namespace {

constexpr std::size_t kMaxDocument = 0xFFFFFFFFu - 63;  // positions, and one behind, fit 32 bits

constexpr bool is_about_selection(LocateError error) noexcept {
  return error != LocateError::kNone && error != LocateError::kMalformed &&
         error != LocateError::kTooDeep;
}

// `Walk` decides what is a hit; everything before and behind it is the same.
template <class Walk>
class WalkingEditor final : public FieldEditor {
 public:
  WalkingEditor(Engine engine, Walk walk) : stage1_(Stage1::make(engine)), walk_(std::move(walk)) {}

  LocateStatus locate(std::string_view document, Hits& hits) override {
    if (document.size() > kMaxDocument) return {LocateError::kTooLarge};
    const std::size_t first_hit = hits.size();
    const std::size_t first_path = hits.paths().size();
    const LocateStatus status = walk(document, hits);
    if (!status) {
      hits.truncate(first_hit);
      hits.paths().resize(first_path);
    }
    return status;
  }

 private:
  LocateStatus walk(std::string_view document, Hits& hits) {
    if (document.empty()) return {LocateError::kMalformed};
    const TokenIndexes indexes = stage1_->scan(document);
    const Tokens tokens(document);
    if (!tokens.is_walkable(indexes)) return {LocateError::kMalformed};
    const bool escapes = has_escape(document);
    if (escapes && !escapes_are_valid(document)) return {LocateError::kMalformed};

    const Token end = indexes.begins + indexes.size;
    LocateStatus status = walk_.run(tokens, indexes.begins, end, escapes, hits);
    if (is_about_selection(status.error)) {
      // The walk stopped half-way. What kind of record this is must not depend on where.
      LocateError error = LocateError::kNone;
      const Token behind = tokens.skip_value(indexes.begins, 0, error);
      if (behind == nullptr) return {error};
      if (behind != end) return {LocateError::kMalformed};
    }
    return status;
  }

  const std::unique_ptr<Stage1> stage1_;
  Walk walk_;
};

}  // namespace

Result<std::unique_ptr<FieldEditor>> JsonEditor::make(const Selection& selection, Engine engine) {
  if (selection.every_sealed_value) {
    if (selection.marker.empty() || !selection.targets.empty()) {
      return bad_config(
          "searching every sealed value takes a marker that is not empty, and no field list");
    }
    return std::make_unique<WalkingEditor<SealedWalk>>(engine, SealedWalk(selection.marker));
  }
  CompiledSelection compiled = LETHE_TRY(CompiledSelection::make(selection.targets));
  return std::make_unique<WalkingEditor<FieldWalk>>(engine, FieldWalk(std::move(compiled)));
}

}  // namespace lethe::fields
