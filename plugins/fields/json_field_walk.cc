// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/json_field_walk.h"

#include <cstddef>
#include <cstring>
#include <utility>

#include "plugins/fields/json_string.h"

namespace lethe::fields {

struct FieldWalk::Document {
  const Tokens tokens;
  Hits& hits;
  const bool has_escapes;
  LocateStatus status;

  std::nullptr_t fail(LocateError error, std::uint32_t target = kNoTarget) {
    status = {error, target};
    return nullptr;
  }
  bool refuse(LocateError error, std::uint32_t target) {
    fail(error, target);
    return false;
  }
};

FieldWalk::FieldWalk(CompiledSelection selection)
    : selection_(std::move(selection)), path_begins_(selection_.targets(), 0) {}

LocateStatus FieldWalk::run(const Tokens& tokens, Token root, Token end, bool has_escapes,
                            Hits& hits) {
  Document document{tokens, hits, has_escapes, {}};
  names_.clear();
  const Token behind = value(document, root, selection_.root(), 0, false);
  if (behind != nullptr && behind != end) return {LocateError::kMalformed};
  return document.status;
}

// A value that some selector has reached. `depth`: containers open around it.
Token FieldWalk::value(Document& document, Token at, const State& state, std::uint32_t depth,
                       bool in_field) {
  if (!has_expected_shape(document, at, state)) return nullptr;
  if (state.targets.empty()) return contents(document, at, state, depth, in_field);

  const Tokens& tokens = document.tokens;
  const std::size_t first_hit = document.hits.size();
  if (!select(document, at, state, depth, in_field)) return nullptr;
  const Token behind = contents(document, at, state, depth, in_field);
  if (behind == nullptr) return nullptr;
  const bool is_scalar = behind == at + 1;
  finish_hits(document, first_hit, state.targets.size(),
              is_scalar ? tokens.scalar_end(at) : behind[-1] + 1);
  return behind;
}

Token FieldWalk::contents(Document& document, Token at, const State& state, std::uint32_t depth,
                          bool in_field) {
  const char first = document.tokens.first(at);
  if (first == '{' && state.goes_into_objects()) {
    return object(document, at, state, depth, in_field);
  }
  if (first == '[' && state.goes_into_arrays()) return array(document, at, state, depth, in_field);
  return document.tokens.skip_value(at, depth, document.status.error);
}

Token FieldWalk::object(Document& document, Token at, const State& state, std::uint32_t depth,
                        bool in_field) {
  if (depth == kMaxDepth) return document.fail(LocateError::kTooDeep);
  const Tokens& tokens = document.tokens;
  if (tokens.first(++at) == '}') return at + 1;
  const std::size_t first_name = names_.open();
  const bool look_closely = document.has_escapes || state.names_must_differ;
  std::uint64_t seen = 0;
  char separator;
  do {
    const Token name = at;
    if ((at = tokens.skip_name(name)) == nullptr) return document.fail(LocateError::kMalformed);
    StateId next = state.other_member;
    if (look_closely || state.may_name(tokens.body(name))) {
      if (!find_member(document, tokens.string_body(name), state, seen, next)) return nullptr;
    }
    if (next == kNowhere) {
      at = tokens.skip_value(at, depth + 1, document.status.error);
    } else {
      places_.enter_member(depth, name);
      at = value(document, at, selection_.state(next), depth + 1, in_field);
    }
    if (at == nullptr) return nullptr;
    separator = tokens.first(at++);
  } while (separator == ',');
  if (separator != '}') return document.fail(LocateError::kMalformed);
  if (state.names_must_differ && !names_.close(first_name)) {
    return document.fail(LocateError::kDuplicateKey, state.first_target);
  }
  return at;
}

// Where the member with this name leads. A name that leads somewhere may stand only once.
bool FieldWalk::find_member(Document& document, std::string_view body, const State& state,
                            std::uint64_t& seen, StateId& next) {
  std::string_view name = body;
  const bool escaped = document.has_escapes && has_escape(body);
  if (escaped) {
    decoded_.clear();
    // Without UTF-8 the name cannot be compared, and another reader might take it for the selected
    // one.
    if (!append_decoded(body, decoded_)) return document.refuse(LocateError::kMalformed, kNoTarget);
    name = decoded_;
  }
  const State::Member* const member = state.find(name);
  next = member != nullptr ? member->next : state.other_member;
  if (state.names_must_differ) {
    names_.add(name, !escaped);
  } else if (member != nullptr) {
    const std::uint64_t bit = std::uint64_t{1} << (member - state.members.data());
    if ((seen & bit) != 0) {
      return document.refuse(LocateError::kDuplicateKey, selection_.state(next).first_target);
    }
    seen |= bit;
  }
  return true;
}

Token FieldWalk::array(Document& document, Token at, const State& state, std::uint32_t depth,
                       bool in_field) {
  if (depth == kMaxDepth) return document.fail(LocateError::kTooDeep);
  const Tokens& tokens = document.tokens;
  if (tokens.first(++at) == ']') return at + 1;
  places_.enter_element(depth);
  char separator;
  std::uint32_t index = 0;
  do {
    const StateId next = state.element(index++);
    at = next == kNowhere ? tokens.skip_value(at, depth + 1, document.status.error)
                          : value(document, at, selection_.state(next), depth + 1, in_field);
    if (at == nullptr) return nullptr;
    separator = tokens.first(at++);
  } while (separator == ',');
  return separator == ']' ? at : document.fail(LocateError::kMalformed);
}

// Null on the way counts as missing; so does whatever `**` meets before the next name of its path.
bool FieldWalk::has_expected_shape(Document& document, Token at, const State& state) {
  const char first = document.tokens.first(at);
  if (first == 'n') return true;
  if (first != '{' && state.object_wanted_by != kNoTarget) {
    return document.refuse(LocateError::kUnexpectedShape, state.object_wanted_by);
  }
  if (first != '[' && state.array_wanted_by != kNoTarget) {
    return document.refuse(LocateError::kUnexpectedShape, state.array_wanted_by);
  }
  return true;
}

// One hit for each target of the state; their ends are known later. Two fields may not share a
// value or lie one in the other; `in_field` is set for what follows inside.
bool FieldWalk::select(Document& document, Token at, const State& state, std::uint32_t depth,
                       bool& in_field) {
  const TokenKind kind = token_kind(document.tokens.first(at));
  for (const std::uint32_t target : state.targets) {
    if (!selection_.is_template_variable(target)) {
      if (in_field) return document.refuse(LocateError::kOverlap, target);
      in_field = true;
    }
    // Filled in place: a copy of what was just written in parts would stall.
    Hit& hit = document.hits.hits().emplace_back();
    hit.target = target;
    hit.begin = *at;
    hit.kind = kind;
    if (!append_path(document, target, depth, hit)) {
      return document.refuse(LocateError::kUnbindable, target);
    }
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
    if (!places_.append_path(document.tokens, depth, paths)) return false;
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
