// SPDX-License-Identifier: Apache-2.0
//
// Relations between selectors, for lint: all of them err towards "not provable", because what lint
// cannot prove the editor finds record by record.

#include <algorithm>
#include <vector>

#include "plugins/fields/selector.h"

namespace lethe::fields {
namespace {

using Kind = Step::Kind;

// Every single step that `inner` may stand for is one that `outer` takes.
bool takes(const Step& outer, const Step& inner) {
  switch (outer.kind) {
    case Kind::kName:
      return inner == outer;
    case Kind::kIndex:
      return inner == outer;
    case Kind::kAnyIndex:
      return inner.kind == Kind::kAnyIndex || inner.kind == Kind::kIndex;
    case Kind::kAnyMember:
      return inner.kind == Kind::kAnyMember || inner.kind == Kind::kName;
    case Kind::kAnyDepth:
      return true;
  }
  return false;
}

// `path` ends where `field` goes on below it. Only up to the first `**` is that certain.
bool is_above(const Selector& path, const Selector& field) {
  if (path.steps().size() >= field.steps().size()) return false;
  for (std::size_t i = 0; i < path.steps().size(); ++i) {
    const Step& step = field.steps()[i];
    if (step.kind == Kind::kAnyDepth || !takes(step, path.steps()[i])) return false;
  }
  return true;
}

}  // namespace

// Table of "the rest of outer covers the rest of inner", filled from the ends: one row per step of
// outer, so that several ** cost no exponential search.
bool covers(const Selector& outer, const Selector& inner) {
  const std::vector<Step>& out = outer.steps();
  const std::vector<Step>& in = inner.steps();
  std::vector<char> below(in.size() + 1, 1);  // outer used up: inner is there, or inside
  std::vector<char> row(in.size() + 1, 0);
  for (std::size_t i = out.size(); i-- > 0;) {
    const bool any_depth = out[i].kind == Kind::kAnyDepth;
    row[in.size()] = any_depth ? below[in.size()] : 0;
    for (std::size_t j = in.size(); j-- > 0;) {
      const bool step = !any_depth && takes(out[i], in[j]) && below[j + 1] != 0;
      row[j] = step || (any_depth && (below[j] != 0 || row[j + 1] != 0)) ? 1 : 0;
    }
    std::swap(below, row);
  }
  return below[0] != 0;
}

bool overlaps(const Selector& a, const Selector& b) {
  return covers(a, b) || covers(b, a);
}

bool passes_through(const Selector& path, const Selector& field) {
  return covers(field, path) || is_above(path, field);
}

}  // namespace lethe::fields
