// SPDX-License-Identifier: Apache-2.0
//
// Foreign bytes through the JSON editor. Whatever they are, both engines must say the same, hits
// must be ordered tokens inside the document whose own text is valid JSON, an accepted document
// must survive replacing what was found and putting it back, and no byte beyond the document may be
// read.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/fields/json_editor.h"

namespace lethe::fields {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct Pair {
  std::unique_ptr<FieldEditor> fastest;
  std::unique_ptr<FieldEditor> portable;
};

Pair make_pair(const Selection& selection) {
  return {JsonEditor::make(selection, Engine::kFastest).value(),
          JsonEditor::make(selection, Engine::kPortable).value()};
}

Selection fields(const std::vector<std::string_view>& paths, std::string_view variable) {
  Selection selection;
  for (const std::string_view path : paths) {
    selection.targets.push_back({Selector::parse(path).value(), false});
  }
  selection.targets.push_back({Selector::parse(variable).value(), true});
  return selection;
}

const std::vector<Pair>& editors() {
  static const std::vector<Pair> all = [] {
    Selection sealed;
    sealed.every_sealed_value = true;
    std::vector<Pair> made;
    made.push_back(make_pair({}));
    made.push_back(make_pair(sealed));
    made.push_back(make_pair(fields({"a", "b.c", "l[*].e"}, "id")));
    made.push_back(make_pair(fields({"m.*", "n[0]"}, "a.b")));
    made.push_back(make_pair(fields({"**.ssn"}, "a")));
    return made;
  }();
  return all;
}

bool equal(const Hits& a, const Hits& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i].target == b[i].target && a[i].begin == b[i].begin &&
                      a[i].end == b[i].end && a[i].kind == b[i].kind &&
                      a[i].escaped == b[i].escaped && a.path(a[i]) == b.path(b[i]);
    if (!same) return false;
  }
  return true;
}

void check_hits(std::string_view document, const Hits& hits) {
  Hits none;
  std::uint32_t behind = 0;
  std::vector<Edit> edits;
  for (const Hit& hit : hits.since(0)) {
    require(hit.begin < hit.end && hit.end <= document.size());
    const std::string_view token = document.substr(hit.begin, hit.end - hit.begin);
    require(static_cast<bool>(editors()[0].portable->locate(token, none)));
    if (hit.begin < behind) continue;  // a template variable beside or inside a field
    edits.push_back({hit.begin, hit.end, "\"enc1.x\""});
    behind = hit.end;
  }
  std::string changed(spliced_size(document, edits), '\0');
  splice(document, edits, changed.data());
  require(static_cast<bool>(editors()[0].fastest->locate(changed, none)));
}

}  // namespace
}  // namespace lethe::fields

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace lethe::fields;
  // An exact copy on the heap, so that AddressSanitizer sees the first byte too many.
  const std::unique_ptr<char[]> copy(new char[size]);
  if (size > 0) std::memcpy(copy.get(), bytes, size);
  const std::string_view document(copy.get(), size);
  for (const Pair& pair : editors()) {
    Hits hits;
    Hits other;
    const LocateStatus status = pair.fastest->locate(document, hits);
    const LocateStatus second = pair.portable->locate(document, other);
    require(status.error == second.error && status.target == second.target && equal(hits, other));
    require(status || hits.size() == 0);
    if (status) check_hits(document, hits);
  }
  return 0;
}
