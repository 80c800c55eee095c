// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_selection.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "plugins/fields/json_places.h"

namespace lethe::fields {
namespace {

using Kind = Step::Kind;

constexpr std::size_t kSpareStates = 1000;  // for wild cards, beyond one per step
constexpr std::size_t kMaxSeenBits = 64;    // the walk notes seen names in one word

// How far one target's selector has come.
struct Position {
  std::uint32_t target;
  std::uint32_t step;
  friend auto operator<=>(const Position&, const Position&) = default;
};
using Positions = std::set<Position>;

bool takes_member(const Step& step, const std::string* name) {
  return step.kind == Kind::kAnyMember ||
         (step.kind == Kind::kName && name != nullptr && step.name == *name);
}

bool takes_element(const Step& step, const std::uint32_t* index) {
  return step.kind == Kind::kAnyIndex ||
         (step.kind == Kind::kIndex && index != nullptr && step.index == *index);
}

// Subset construction: states are made as they are reached, and reached states wait to be expanded.
class Compiler {
 public:
  explicit Compiler(const std::vector<Target>& targets) : targets_(targets), states_(1) {
    for (const Target& target : targets) max_states_ += target.selector.steps().size();
  }

  Result<std::vector<State>> compile() {
    Positions start;
    for (std::uint32_t target = 0; target < targets_.size(); ++target) start.insert({target, 0});
    intern(std::move(start));
    if (states_.size() == 1) states_.emplace_back();  // nothing is selected
    while (!waiting_.empty() && states_.size() <= max_states_) {
      const auto [positions, id] = waiting_.back();
      waiting_.pop_back();
      expand(*positions, id);
    }
    if (states_.size() > max_states_) {
      return bad_config(
          "the selected fields combine too many '**'; name some of them more closely");
    }
    return std::move(states_);
  }

 private:
  const std::vector<Step>& steps(std::uint32_t target) const {
    return targets_[target].selector.steps();
  }
  bool is_done(const Position& position) const {
    return position.step == steps(position.target).size();
  }
  const Step& step(const Position& position) const { return steps(position.target)[position.step]; }

  // Behind `**` anything may stand: the path expects a shape only from the next name on.
  bool is_below_any_depth(const Position& position) const {
    return position.step > 0 && steps(position.target)[position.step - 1].kind == Kind::kAnyDepth;
  }

  StateId intern(Positions positions) {
    // `**` may stand for no level at all. It is never last and never twice in a row.
    for (const Position& position : Positions(positions)) {
      if (!is_done(position) && step(position).kind == Kind::kAnyDepth) {
        positions.insert({position.target, position.step + 1});
      }
    }
    if (positions.empty()) return kNowhere;
    const auto [known, is_new] =
        ids_.emplace(std::move(positions), static_cast<StateId>(states_.size()));
    if (is_new) {
      states_.emplace_back();
      waiting_.emplace_back(&known->first, known->second);
    }
    return known->second;
  }

  template <class Takes>
  StateId follow(const Positions& positions, Takes takes) {
    Positions next;
    for (const Position& position : positions) {
      if (is_done(position)) continue;
      if (step(position).kind == Kind::kAnyDepth) next.insert(position);
      if (takes(step(position))) next.insert({position.target, position.step + 1});
    }
    return intern(std::move(next));
  }

  void expand(const Positions& positions, StateId id) {
    State state = describe(positions);
    std::set<std::string> names;
    std::set<std::uint32_t> indexes;
    for (const Position& position : positions) {
      if (is_done(position)) continue;
      if (step(position).kind == Kind::kName) names.insert(step(position).name);
      if (step(position).kind == Kind::kIndex) indexes.insert(step(position).index);
    }
    for (const std::string& name : names) {
      state.members.push_back(
          {name, follow(positions, [&](const Step& next) { return takes_member(next, &name); })});
      state.name_marks |= State::marks_of(name);
    }
    for (const std::uint32_t index : indexes) {
      state.elements.push_back({index, follow(positions, [&](const Step& next) {
                                  return takes_element(next, &index);
                                })});
    }
    state.other_member =
        follow(positions, [](const Step& next) { return takes_member(next, nullptr); });
    state.other_element =
        follow(positions, [](const Step& next) { return takes_element(next, nullptr); });
    state.names_must_differ = state.other_member != kNowhere || state.members.size() > kMaxSeenBits;
    states_[id] = std::move(state);
  }

  State describe(const Positions& positions) const {
    State state;
    state.first_target = positions.begin()->target;
    for (const Position& position : positions) {
      if (is_done(position)) {
        state.targets.push_back(position.target);
        continue;
      }
      if (is_below_any_depth(position)) continue;
      switch (step(position).kind) {
        case Kind::kName:
        case Kind::kAnyMember:
          state.object_wanted_by = position.target;
          break;
        case Kind::kIndex:
        case Kind::kAnyIndex:
          state.array_wanted_by = position.target;
          break;
        case Kind::kAnyDepth:
          break;
      }
    }
    return state;
  }

  const std::vector<Target>& targets_;
  std::size_t max_states_ = kSpareStates;
  std::vector<State> states_;
  std::map<Positions, StateId> ids_;
  std::vector<std::pair<const Positions*, StateId>> waiting_;
};

}  // namespace

Result<CompiledSelection> CompiledSelection::make(const std::vector<Target>& targets) {
  CompiledSelection selection;
  for (const Target& target : targets) {
    const Selector& selector = target.selector;
    if (selector.is_outside_value()) {
      return bad_config("field path '" + selector.text() +
                        "' is not in the record's value; a JSON document has no $key and $header");
    }
    const bool open = selector.has_open_names();
    selection.has_open_names_ = selection.has_open_names_ || open;
    selection.places_.push_back(
        {target.is_template_variable, open ? std::string() : encode_fixed_path(selector)});
  }
  selection.states_ = LETHE_TRY(Compiler(targets).compile());
  return selection;
}

}  // namespace lethe::fields
