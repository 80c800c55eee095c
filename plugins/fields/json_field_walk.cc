// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_field_walk.h"

#include <utility>

#include "plugins/fields/json_string.h"

namespace lethe::fields {

struct FieldWalk::Document {
  Tokens& tokens;
  Hits& hits;
  const bool has_escapes;
  LocateStatus status;

  bool fail(LocateError error, std::uint32_t target = kNoTarget) {
    status = {error, target};
    return false;
  }
};

FieldWalk::FieldWalk(CompiledSelection selection)
    : selection_(std::move(selection)), path_begins_(selection_.targets(), 0) {}

LocateStatus FieldWalk::run(Tokens& tokens, bool has_escapes, Hits& hits) {
  Document document{tokens, hits, has_escapes, {}};
  names_.clear();
  value(document, selection_.root(), 0, false);
  return document.status;
}

// A value that some selector has reached. `depth`: containers open around it.
bool FieldWalk::value(Document& document, const State& state, std::uint32_t depth, bool in_field) {
  Tokens& tokens = document.tokens;
  const std::uint32_t begin = tokens.position();
  const char first = tokens.take();
  if (!has_expected_shape(document, state, first)) return false;
  if (state.targets.empty()) return contents(document, state, first, depth, in_field);

  const std::size_t first_hit = document.hits.size();
  if (!select(document, state, begin, first, depth, in_field)) return false;
  if (first == '{' || first == '[') {
    if (!contents(document, state, first, depth, in_field)) return false;
    finish_hits(document, first_hit, state.targets.size(), tokens.taken() + 1);
  } else {
    if (!tokens.is_scalar(begin)) return document.fail(LocateError::kMalformed);
    finish_hits(document, first_hit, state.targets.size(), tokens.scalar_end());
  }
  return true;
}

// What is behind the first character of a value: its members, its elements, the rest of a scalar.
bool FieldWalk::contents(Document& document, const State& state, char first, std::uint32_t depth,
                         bool in_field) {
  if (first == '{' && state.goes_into_objects()) return object(document, state, depth, in_field);
  if (first == '[' && state.goes_into_arrays()) return array(document, state, depth, in_field);
  Tokens& tokens = document.tokens;
  LocateError error = LocateError::kNone;
  if (first == '{' || first == '[') {
    error = tokens.skip_container(first == '{', depth);
  } else if (!tokens.is_scalar(tokens.taken())) {
    error = LocateError::kMalformed;
  }
  return error == LocateError::kNone || document.fail(error);
}

bool FieldWalk::object(Document& document, const State& state, std::uint32_t depth, bool in_field) {
  if (depth == kMaxDepth) return document.fail(LocateError::kTooDeep);
  Tokens& tokens = document.tokens;
  if (tokens.peek() == '}') return tokens.take(), true;
  const std::size_t first_name = names_.open();
  std::uint64_t seen = 0;
  char next;
  do {
    if (!member(document, state, seen, depth, in_field)) return false;
    next = tokens.take();
  } while (next == ',');
  if (next != '}') return document.fail(LocateError::kMalformed);
  if (state.names_must_differ && !names_.close(first_name)) {
    return document.fail(LocateError::kDuplicateKey, state.first_target);
  }
  return true;
}

bool FieldWalk::member(Document& document, const State& state, std::uint64_t& seen,
                       std::uint32_t depth, bool in_field) {
  Tokens& tokens = document.tokens;
  const std::uint32_t begin = tokens.position();
  if (tokens.take() != '"' || tokens.peek() != ':') return document.fail(LocateError::kMalformed);
  const std::string_view body = tokens.name_at(begin);
  tokens.take();

  std::string_view name = body;
  const bool escaped = document.has_escapes && has_escape(body);
  if (escaped) {
    decoded_.clear();
    // Without UTF-8 the name cannot be compared, and another reader might take it for the selected
    // one.
    if (!append_decoded(body, decoded_)) return document.fail(LocateError::kMalformed);
    name = decoded_;
  }
  const State::Member* const selected = state.find(name);
  if (state.names_must_differ) {
    names_.add(name, !escaped);
  } else if (selected != nullptr) {
    const std::uint64_t bit = std::uint64_t{1} << (selected - state.members.data());
    if ((seen & bit) != 0) {
      return document.fail(LocateError::kDuplicateKey,
                           selection_.state(selected->next).first_target);
    }
    seen |= bit;
  }
  const StateId next = selected != nullptr ? selected->next : state.other_member;
  if (next != kNowhere) places_.enter_member(depth, body);
  return next_value(document, next, depth, in_field);
}

bool FieldWalk::array(Document& document, const State& state, std::uint32_t depth, bool in_field) {
  if (depth == kMaxDepth) return document.fail(LocateError::kTooDeep);
  Tokens& tokens = document.tokens;
  if (tokens.peek() == ']') return tokens.take(), true;
  places_.enter_element(depth);
  char next;
  std::uint32_t index = 0;
  do {
    if (!next_value(document, state.element(index++), depth, in_field)) return false;
    next = tokens.take();
  } while (next == ',');
  return next == ']' || document.fail(LocateError::kMalformed);
}

bool FieldWalk::next_value(Document& document, StateId next, std::uint32_t depth, bool in_field) {
  if (next != kNowhere) return value(document, selection_.state(next), depth + 1, in_field);
  const LocateError error = document.tokens.skip_value(depth + 1);
  return error == LocateError::kNone || document.fail(error);
}

// Null on the way counts as missing; so does whatever `**` meets before the next name of its path.
bool FieldWalk::has_expected_shape(Document& document, const State& state, char first) {
  if (first == 'n') return true;
  if (first != '{' && state.object_wanted_by != kNoTarget) {
    return document.fail(LocateError::kUnexpectedShape, state.object_wanted_by);
  }
  if (first != '[' && state.array_wanted_by != kNoTarget) {
    return document.fail(LocateError::kUnexpectedShape, state.array_wanted_by);
  }
  return true;
}

// One hit for each target of the state; their ends are known later. Two fields may not share a
// value or lie one in the other; `in_field` is set for what follows inside.
bool FieldWalk::select(Document& document, const State& state, std::uint32_t begin, char first,
                       std::uint32_t depth, bool& in_field) {
  for (const std::uint32_t target : state.targets) {
    if (!selection_.is_template_variable(target)) {
      if (in_field) return document.fail(LocateError::kOverlap, target);
      in_field = true;
    }
    Hit hit{target, begin, begin, token_kind(first), false, 0, 0};
    if (!append_path(document, target, depth, hit)) {
      return document.fail(LocateError::kUnbindable, target);
    }
    document.hits.add(hit);
  }
  return true;
}

// A fixed path is written once: as long as its bytes still stand where this walk last put them,
// whoever cleared or filled `hits` meanwhile, they are pointed to.
bool FieldWalk::append_path(Document& document, std::uint32_t target, std::uint32_t depth,
                            Hit& hit) {
  std::string& paths = document.hits.paths();
  const std::string_view fixed = selection_.fixed_path(target);
  hit.path_begin = static_cast<std::uint32_t>(paths.size());
  if (fixed.empty()) {
    if (!places_.append_path(depth, paths)) return false;
    hit.path_size = static_cast<std::uint32_t>(paths.size() - hit.path_begin);
    return true;
  }
  hit.path_size = static_cast<std::uint32_t>(fixed.size());
  std::uint32_t& begin = path_begins_[target];
  const bool stands = begin + fixed.size() <= paths.size() &&
                      std::memcmp(paths.data() + begin, fixed.data(), fixed.size()) == 0;
  if (!stands) {
    begin = hit.path_begin;
    paths.append(fixed);
  }
  hit.path_begin = begin;
  return true;
}

void FieldWalk::finish_hits(Document& document, std::size_t first, std::size_t count,
                            std::uint32_t end) {
  for (std::size_t i = first; i < first + count; ++i) {
    Hit& hit = document.hits.hits()[i];
    hit.end = end;
    hit.escaped = document.has_escapes && hit.kind == TokenKind::kString &&
                  has_escape(document.tokens.slice(hit.begin, end));
  }
}

}  // namespace lethe::fields
