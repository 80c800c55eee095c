// SPDX-License-Identifier: Apache-2.0
//
// The selectors of one editor compiled into a state machine: a state per set of "how far each
// selector has come", a transition per name or index that some selector spells out, and one for all
// others. The walk then compares few names per member, and leaves a subtree to the tight loop as
// soon as its state is kNowhere. Wild cards cost nothing at run time but the places they keep
// alive.
//
// Built once per instance; immutable afterwards, thread-safe.

#ifndef LETHE_FIELDS_JSON_SELECTION_H_
#define LETHE_FIELDS_JSON_SELECTION_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"
#include "plugins/fields/field_editor.h"
#include "plugins/fields/selection.h"

namespace lethe::fields {

using StateId = std::uint32_t;
inline constexpr StateId kNowhere = 0;  // no selector goes on from here

struct State {
  struct Member {
    std::string name;
    StateId next;
  };
  struct Element {
    std::uint32_t index;
    StateId next;
  };

  std::vector<Member> members;
  std::vector<Element> elements;
  StateId other_member = kNowhere;
  StateId other_element = kNowhere;
  std::vector<std::uint32_t> targets;          // selected by these
  std::uint64_t name_marks = 0;                // marks_of() every name in `members`
  std::uint32_t first_target = kNoTarget;      // one to name in complaints
  std::uint32_t object_wanted_by = kNoTarget;  // the path goes on by name ...
  std::uint32_t array_wanted_by = kNoTarget;   // ... by index, so another shape is an error
  bool names_must_differ = false;  // all names of the object, not only those in `members`

  bool goes_into_objects() const noexcept { return !members.empty() || other_member != kNowhere; }
  bool goes_into_arrays() const noexcept { return !elements.empty() || other_element != kNowhere; }

  // False: the name that begins here, behind its quote, is none of `members`. Cheap, and settles
  // nearly every member. At least two bytes can be read: behind a name stand a quote and a colon.
  bool may_name(const char* body) const noexcept {
    return (name_marks >> mark_of(body[0], body[1]) & 1) != 0;
  }
  // What stands behind the quote of an empty name is its other quote and anything.
  static std::uint64_t marks_of(std::string_view name) noexcept {
    if (name.empty()) return ~std::uint64_t{0};
    return std::uint64_t{1} << mark_of(name[0], name.size() == 1 ? '"' : name[1]);
  }
  static unsigned mark_of(char first, char second) noexcept {
    return (5u * static_cast<unsigned char>(first) + static_cast<unsigned char>(second)) % 64;
  }
  // Null: one of the others.
  const Member* find(std::string_view name) const noexcept {
    for (const Member& member : members) {
      if (member.name.size() == name.size() &&
          std::memcmp(member.name.data(), name.data(), name.size()) == 0) {
        return &member;
      }
    }
    return nullptr;
  }
  StateId element(std::uint32_t index) const noexcept {
    for (const Element& element : elements) {
      if (element.index == index) return element.next;
    }
    return other_element;
  }
};

class CompiledSelection {
 public:
  // bad_config for a target outside the record's value, and for selectors whose combination of `**`
  // would need a thousand states and more.
  static Result<CompiledSelection> make(const std::vector<Target>& targets);

  const State& root() const noexcept { return states_[1]; }
  const State& state(StateId id) const noexcept { return states_[id]; }

  bool is_template_variable(std::uint32_t target) const noexcept {
    return places_[target].is_template_variable;
  }
  // Encoded path of a target, empty if only the document tells (`*`, `**`).
  std::string_view fixed_path(std::uint32_t target) const noexcept {
    return places_[target].fixed_path;
  }
  std::size_t targets() const noexcept { return places_.size(); }
  // Some target's place is known only when it has been found.
  bool has_open_names() const noexcept { return has_open_names_; }

 private:
  struct Place {
    bool is_template_variable;
    std::string fixed_path;
  };

  CompiledSelection() = default;

  std::vector<State> states_;  // [0] is kNowhere
  std::vector<Place> places_;
  bool has_open_names_ = false;
};

}  // namespace lethe::fields

#endif  // LETHE_FIELDS_JSON_SELECTION_H_
